import { maskOverlap } from './maskOverlap';
import { filtersToPrune, maskOf } from './masks';
import { rankCorrelation } from './rankCorrelation';

/** How far two criteria agree on the filters of one layer with the same weights. */
export interface CriteriaOverlap {
  readonly filters: number;
  /** How many each of them prunes. */
  readonly pruned: number;
  /** Spearman's, of all filters' scores, -1 to 1; null where a criterion gives all filters the same score. */
  readonly rankCorrelation: number | null;
  /** Filters that both prune over filters that either prunes (Jaccard), 0 to 1; 1 when nothing is pruned. */
  readonly maskOverlap: number;
}

/** Compares the scores, [filters], that two criteria give one layer; `rate` is the fraction that both prune. */
export function criteriaOverlap(a: ArrayLike<number>, b: ArrayLike<number>, rate: number): CriteriaOverlap {
  const pruned = filtersToPrune(a.length, rate);
  return {
    filters: a.length,
    pruned,
    rankCorrelation: rankCorrelation(a, b),
    maskOverlap: maskOverlap(maskOf(a, pruned), maskOf(b, pruned)),
  };
}
