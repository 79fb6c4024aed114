import type { Tensor } from '../network/state';

/**
 * How many of a layer's filters are pruned: floor(filters * rate), as if `rate` were the decimal fraction it stands for,
 * so that 0.1 of 10 filters is 1 and 0.29 of 100 is 29 although 0.29 * 100 < 29 in floating point.
 * Always fewer than `filters`, which is at least 1.
 */
export function filtersToPrune(filters: number, rate: number): number {
  return Math.min(filters - 1, Math.floor(filters * rate + 1e-9));
}

/** One byte a filter, 1 = kept: the `count` filters of lowest score are pruned, of equal ones the lowest index first. */
export function maskOf(scores: ArrayLike<number>, count: number): Uint8Array {
  const indices = Array.from(scores, (_, index) => index);
  indices.sort((a, b) => scores[a]! - scores[b]! || a - b);
  const mask = new Uint8Array(scores.length).fill(1);
  for (const index of indices.slice(0, count)) mask[index] = 0;
  return mask;
}

/** Sets the weights of pruned filters to zero, in place. `weights` is [filters, …], `mask` [filters]. */
export function zeroPruned(weights: Tensor, mask: Uint8Array): void {
  const filterSize = weights.data.length / mask.length;
  for (const [filter, kept] of mask.entries())
    if (kept === 0) weights.data.fill(0, filter * filterSize, (filter + 1) * filterSize);
}
