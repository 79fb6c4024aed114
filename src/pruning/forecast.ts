import { channelPresence } from '../network/channelPresence';
import type { Channel } from '../network/channels';
import type { Widths } from '../network/cost';
import type { LayerGraph } from '../network/graph';
import type { Prunable } from './groups';
import { isKept, maskedPresence } from './maskedPresence';
import type { Masks } from './select';

/** A layer's width: so many channels that stay, and for each pool the share of its kept groups that counts. */
interface LinearWidth {
  readonly fixed: number;
  readonly shares: ReadonlyMap<number, number>;
}

/**
 * Forecasts the widths of a network whose pools keep so many of their groups, before it is known which ones; fractions are
 * allowed. What comes out of an addition of filters that are pruned independently keeps its full width, as there may be
 * something in every channel (SFP paper, section 3.3, and its released counting script). Factors of a product, as in
 * squeeze-and-excitation, go with the channels that they multiply.
 */
export function widthForecast(graph: LayerGraph, prunable: Prunable): (kept: readonly number[]) => Widths {
  const linear = linearWidths(graph, prunable);
  return (kept) =>
    new Map(
      linear.map(([name, { fixed, shares }]) => [
        name,
        [...shares].reduce((width, [pool, share]) => width + share * kept[pool]!, fixed),
      ]),
    );
}

/**
 * The widths that masks leave: of every layer's output the channels that are not the same constant for all images, and are read.
 * Filters without a mask are kept.
 */
export function maskedWidths(graph: LayerGraph, masks: Masks): Widths {
  return new Map([...maskedPresence(graph, masks)].map(([name, channels]) => [name, channels.filter(isKept).length]));
}

function linearWidths(graph: LayerGraph, { pools }: Prunable): [string, LinearWidth][] {
  const groups = new Map<string, { readonly id: string; readonly pool: number }>();
  for (const [pool, each] of pools.entries())
    for (const [group, refs] of each.groups.entries())
      for (const { layer, filter } of refs) groups.set(`${layer}:${filter}`, { id: `${pool}:${group}`, pool });
  const groupsOf = ({ sources }: Channel) => sources.map(({ layer, filter }) => groups.get(`${layer}:${filter}`));
  const mixes = (channel: Channel): boolean => new Set(groupsOf(channel).map((group) => group?.id)).size > 1;
  return [...channelPresence(graph)].map(([name, channels]) => {
    if (channels.some(mixes)) return [name, { fixed: channels.length, shares: new Map() }];
    const counts = new Map<number, number>();
    let fixed = 0;
    for (const channel of channels) {
      const [group] = groupsOf(channel);
      if (channel.fixed || (channel.sources.length > 0 && group === undefined)) fixed += 1;
      else if (group) counts.set(group.pool, (counts.get(group.pool) ?? 0) + 1);
    }
    return [name, { fixed, shares: new Map([...counts].map(([pool, n]) => [pool, n / pools[pool]!.groups.length])) }];
  });
}
