import type { Channel, Channels, FilterRef } from '../network/channels';
import type { LayerGraph } from '../network/graph';
import { kindOf } from '../network/layers';
import { inferShapes, inOrder } from '../network/shapes';
import { DisjointSets } from './disjointSets';

/** Which filters end in the same channels, because layers' outputs are added. */
export interface JoinedFilters {
  /** Filters of one set are kept or pruned together where filters are coupled; by `keyOf`. */
  readonly sets: DisjointSets;
  /** Filters that are added to something that is always there, by `keyOf`. */
  readonly fixed: readonly string[];
  /** The channels of every layer's output, by its name, each with at most one of the filters that feed it: the others are in its set. */
  readonly flow: ReadonlyMap<string, Channels>;
}

/** Joins what a network adds. It takes no longer for sums of sums: of what is joined, one filter goes on for all. */
export function joinedFilters(graph: LayerGraph): JoinedFilters {
  const shapes = inferShapes(graph);
  const sets = new DisjointSets();
  const fixed: string[] = [];
  const joined = (channel: Channel): Channel => {
    const [first, ...others] = channel.sources;
    if (first && channel.fixed) fixed.push(keyOf(first));
    if (!first || others.length === 0) return channel;
    for (const other of others) sets.join(keyOf(first), keyOf(other));
    return { sources: [first], fixed: channel.fixed };
  };
  const flow = inOrder<Channels>(graph, (layer, inputs) =>
    kindOf(layer).channelFlow(layer, inputs, shapes.get(layer.name)!).map(joined),
  );
  return { sets, fixed, flow };
}

export function keyOf({ layer, filter }: FilterRef): string {
  return `${layer}:${filter}`;
}
