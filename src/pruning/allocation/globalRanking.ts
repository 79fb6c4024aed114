import { filtersToPrune } from '../masks';
import type { Allocation } from './allocation';

/**
 * As many in all as with the rate in every layer, but the lowest of the whole network. Scores are divided by the mean of their
 * pool, because layers differ in size and scale; of every pool at least one group is kept.
 */
export const globalRanking: Allocation = {
  id: 'global',
  title: 'the lowest of the whole network',
  needsScores: true,
  pruned: ({ pools, rates, scores }) => {
    const total = pools.reduce((sum, { groups }, index) => sum + filtersToPrune(groups.length, rates[index]!), 0);
    const ranked = scores
      .flatMap((pool, index) => [...normalised(pool)].map((score) => ({ pool: index, score })))
      .sort((a, b) => a.score - b.score || a.pool - b.pool);
    const pruned = pools.map(() => 0);
    let left = total;
    for (const { pool } of ranked) {
      if (left === 0) break;
      if (pruned[pool]! >= pools[pool]!.groups.length - 1) continue;
      pruned[pool]! += 1;
      left -= 1;
    }
    return pruned;
  },
};

function normalised(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return mean > 0 ? scores.map((score) => score / mean) : scores;
}
