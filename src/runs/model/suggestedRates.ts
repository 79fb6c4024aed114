import { filtersToPrune } from '../../pruning/masks';
import type { Sensitivity } from './sensitivity';

/** Whether all pools are measured. */
export function isComplete({ pools, poolCount }: Sensitivity): boolean {
  return pools.length === poolCount;
}

/** How hard a pool may be pruned alone. */
export interface SuggestedRate {
  readonly pool: string;
  readonly layers: readonly string[];
  /** 0 where even the smallest rate costs more than is allowed. */
  readonly rate: number;
  /** Groups that are pruned at the rate. */
  readonly pruned: number;
  readonly groups: number;
  /** Accuracy with this pool pruned so hard, alone. */
  readonly accuracy: number;
}

/**
 * For every measured pool the highest rate at which the accuracy is at most `drop` (a fraction: 0.01 is one point) below that
 * of the unchanged weights. All of them together cost more than each alone: a starting point, not a promise.
 */
export function suggestedRates({ base, pools }: Sensitivity, drop: number): SuggestedRate[] {
  // Accuracies are multiples of 1 / images: the last digit of their difference says nothing.
  const least = base.accuracy - drop - 1e-9;
  return pools.map(({ name, layers, groups, points }) => {
    const allowed = points.findLast(({ accuracy }) => accuracy >= least);
    const { rate, accuracy } = allowed ?? { rate: 0, accuracy: base.accuracy };
    return { pool: name, layers, rate, pruned: filtersToPrune(groups, rate), groups, accuracy };
  });
}

/** Suggested rates as `pruning.layers` of a config: one pattern for each layer. */
export function asLayerRates(suggested: readonly SuggestedRate[]): Record<string, { rate: number }> {
  return Object.fromEntries(suggested.flatMap(({ layers, rate }) => layers.map((layer) => [layer, { rate }])));
}
