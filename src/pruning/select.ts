import type { FilterRef, Pool, Prunable } from './groups';
import { maskOf } from './masks';
import type { ScheduledPruning } from './schedules';

/** The masks of layers by name, one byte a filter, 1 = kept. */
export type Masks = ReadonlyMap<string, Uint8Array>;

/** Scores of a pool's groups, [groups]: for each group the sum of its filters' scores, which are given by layer. */
export function poolScores({ groups }: Pool, scores: ReadonlyMap<string, ArrayLike<number>>): Float64Array {
  return Float64Array.from(groups, (group) => group.reduce((sum, ref) => sum + scoreOf(ref, scores), 0));
}

/**
 * Masks of all layers when in each pool the groups of lowest score are pruned, `pruned[i]` of pool i, of equal
 * ones the first. With the selection `grow` those that `before` prunes stay pruned, and count.
 */
export function selectMasks(
  { layers, pools }: Prunable,
  scores: readonly Float64Array[],
  pruned: readonly number[],
  { selection, before }: { readonly selection: ScheduledPruning['selection']; readonly before: Masks },
): Masks {
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const [index, pool] of pools.entries()) {
    const ranks = selection === 'grow' ? prunedFirst(pool, scores[index]!, before) : scores[index]!;
    const kept = maskOf(ranks, Math.max(pruned[index]!, selection === 'grow' ? prunedGroups(pool, before) : 0));
    for (const [group, refs] of pool.groups.entries())
      for (const { layer, filter } of refs) masks.get(layer)![filter] = kept[group]!;
  }
  return masks;
}

/** Groups of a pool that masks prune. */
export function prunedGroups({ groups }: Pool, masks: Masks): number {
  return groups.filter((group) => isPruned(group, masks)).length;
}

function prunedFirst({ groups }: Pool, scores: Float64Array, before: Masks): Float64Array {
  return scores.map((score, index) => (isPruned(groups[index]!, before) ? -Number.MAX_VALUE : score));
}

function isPruned(group: readonly FilterRef[], masks: Masks): boolean {
  return group.every(({ layer, filter }) => masks.get(layer)?.[filter] === 0);
}

function scoreOf({ layer, filter }: FilterRef, scores: ReadonlyMap<string, ArrayLike<number>>): number {
  const score = scores.get(layer)?.[filter];
  if (score === undefined) throw new Error(`There is no score of filter ${filter} of "${layer}".`);
  return score;
}
