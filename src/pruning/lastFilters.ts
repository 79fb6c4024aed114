import type { Pool } from './groups';

/** Names of the pools of several groups that keep only one, in their order; `kept` is the number of groups by pool. */
export function poolsOfOneGroup(pools: readonly Pool[], kept: readonly number[]): string[] {
  return pools.filter(({ groups }, index) => groups.length > 1 && kept[index] === 1).map(({ name }) => name);
}

/** Pruning never empties a layer; where a rate comes near to it, that is most likely more than was meant. */
export function lastFilterSentence(pools: readonly string[]): string {
  return `One filter is left in ${pools.join(', ')}: pruning leaves at least one, whatever the rate.`;
}
