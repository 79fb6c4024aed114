import { channelFlow, type Channel } from '../network/channels';
import type { Widths } from '../network/cost';
import type { LayerGraph } from '../network/graph';
import type { Masks } from './select';
import type { Prunable } from './groups';

/**
 * The widths of a network whose pools keep so many of their groups, before it is known which ones; fractions are allowed.
 * What comes out of an addition of filters that are pruned independently keeps its full width, as there may be something in
 * every channel (SFP paper, section 3.3, and its released counting script).
 */
export function forecastWidths(graph: LayerGraph, { pools }: Prunable, kept: readonly number[]): Widths {
  const groups = new Map<string, { readonly id: string; readonly share: number }>();
  for (const [index, pool] of pools.entries())
    for (const [group, refs] of pool.groups.entries())
      for (const { layer, filter } of refs)
        groups.set(`${layer}:${filter}`, { id: `${index}:${group}`, share: kept[index]! / pool.groups.length });
  const groupsOf = ({ sources }: Channel) => sources.map(({ layer, filter }) => groups.get(`${layer}:${filter}`));
  const mixes = (channel: Channel): boolean => new Set(groupsOf(channel).map((group) => group?.id)).size > 1;
  const share = (channel: Channel): number => (channel.fixed ? 1 : channel.sources.length === 0 ? 0 : shareOf(channel));
  const shareOf = (channel: Channel): number => groupsOf(channel)[0]?.share ?? 1;
  return new Map(
    [...channelFlow(graph)].map(([name, channels]) => [
      name,
      channels.some(mixes) ? channels.length : channels.reduce((sum, channel) => sum + share(channel), 0),
    ]),
  );
}

/**
 * The widths that masks leave: of every layer's output the channels that are not the same constant for all images. Filters
 * without a mask are kept.
 */
export function maskedWidths(graph: LayerGraph, masks: Masks): Widths {
  const isThere = ({ sources, fixed }: Channel): boolean =>
    fixed || sources.some(({ layer, filter }) => masks.get(layer)?.[filter] !== 0);
  return new Map([...channelFlow(graph)].map(([name, channels]) => [name, channels.filter(isThere).length]));
}

