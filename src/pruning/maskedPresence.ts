import { channelPresence } from '../network/channelPresence';
import type { Channel, Channels, FilterRef } from '../network/channels';
import type { LayerGraph } from '../network/graph';
import type { Masks } from './select';

/** Stand for all filters that masks keep, and for all others. */
const [keptFilter, prunedFilter]: readonly [FilterRef, FilterRef] = [
  { layer: '', filter: 1 },
  { layer: '', filter: 0 },
];

/**
 * What decides whether a network has a channel, as `channelPresence` tells it, with one filter in the place of all that masks
 * keep and one in the place of all others: for `isKept` and `isPruned`. Filters without a mask are kept.
 */
export function maskedPresence(graph: LayerGraph, masks: Masks): ReadonlyMap<string, Channels> {
  return channelPresence(graph, (ref) => {
    if (ref === keptFilter || ref === prunedFilter) return ref;
    return masks.get(ref.layer)?.[ref.filter] === 0 ? prunedFilter : keptFilter;
  });
}

/** Whether there may be something in a channel of `maskedPresence`. */
export function isKept({ sources, fixed }: Channel): boolean {
  return fixed || sources.includes(keptFilter);
}

/** Whether pruned filters, and nothing else, feed a channel of `maskedPresence`. */
export function isPruned(channel: Channel): boolean {
  return channel.sources.length > 0 && !isKept(channel);
}
