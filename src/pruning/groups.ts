import type { FilterRef } from '../network/channels';
import type { LayerGraph } from '../network/graph';
import { prunableLayers, type PrunableLayer } from '../network/prunableLayers';
import { joinedFilters, keyOf } from './joinedFilters';

export type { FilterRef } from '../network/channels';

/**
 * `independent`: every filter is judged on its own, as in the SFP paper; `coupled`: filters that a shortcut adds into the same
 * channel are kept or pruned together.
 */
export const groupings = ['independent', 'coupled'] as const;
export type Grouping = (typeof groupings)[number];

/** Groups of filters that are ranked among each other. */
export interface Pool {
  /** Of its first layer. */
  readonly name: string;
  /** The layers whose filters are in it, in the order of the network. */
  readonly layers: readonly string[];
  /** Filters that are kept or pruned together, ordered by the first of them; without coupling one each. */
  readonly groups: readonly (readonly FilterRef[])[];
}

/** What can be pruned of a network. */
export interface Prunable {
  readonly layers: readonly PrunableLayer[];
  readonly pools: readonly Pool[];
}

/**
 * A network's prunable filters in pools. Independent: one for each layer. Coupled: filters that an addition joins are one
 * group, and groups with filters in the same layers are one pool, so that all layers that a shortcut joins get one mask.
 * A filter that is joined to one of a layer that is never pruned is never pruned either.
 */
export function prunableOf(graph: LayerGraph, grouping: Grouping): Prunable {
  const layers = prunableLayers(graph);
  const refs = layers.flatMap(({ name, filters }) =>
    Array.from({ length: filters }, (_, filter): FilterRef => ({ layer: name, filter })),
  );
  const groups = grouping === 'independent' ? refs.map((ref) => [ref]) : coupledGroups(graph, refs);
  const pools = new Map<string, (readonly FilterRef[])[]>();
  for (const group of groups) {
    const key = layersOf(group).join('\n');
    const pool = pools.get(key);
    if (pool) pool.push(group);
    else pools.set(key, [group]);
  }
  return { layers, pools: [...pools.values()].map(poolOf) };
}

function poolOf(groups: readonly (readonly FilterRef[])[]): Pool {
  const layers = layersOf(groups[0]!);
  return { name: layers[0]!, layers, groups };
}

function layersOf(group: readonly FilterRef[]): string[] {
  return [...new Set(group.map(({ layer }) => layer))];
}

function coupledGroups(graph: LayerGraph, prunable: readonly FilterRef[]): FilterRef[][] {
  const { sets: joined, fixed } = joinedFilters(graph);
  // What is added to something that is always there does not shrink anything by going.
  for (const key of fixed) joined.join(key, alwaysThere);
  const groups = new Map<string, FilterRef[]>();
  const prunableKeys = new Set(prunable.map(keyOf));
  for (const key of joined.members()) if (!prunableKeys.has(key)) joined.join(key, alwaysThere);
  for (const ref of prunable) {
    const root = joined.rootOf(keyOf(ref));
    const group = groups.get(root);
    if (group) group.push(ref);
    else groups.set(root, [ref]);
  }
  const fixedRoot = joined.rootOf(alwaysThere);
  return [...groups].filter(([root]) => root !== fixedRoot).map(([, group]) => group);
}

const alwaysThere = '';
