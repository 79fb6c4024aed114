/** The ranks of values, 1 for the smallest; equal values share the mean of their ranks (mid ranks). */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    // Ranks from + 1 to `to`.
    for (const index of order.slice(from, to)) ranks[index] = (from + 1 + to) / 2;
  }
  return ranks;
}

/**
 * Spearman's rank correlation (Spearman, 1904), -1 to 1: Pearson's correlation of the mid ranks. Null where it is not defined:
 * when the values of either side are all equal, or there are fewer than two. Both have the same length and no NaN.
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const [one, other] = [midRanks(a), midRanks(b)];
  const mean = (one.length + 1) / 2;
  let [both, ofOne, ofOther] = [0, 0, 0];
  for (const [index, rank] of one.entries()) {
    const [x, y] = [rank - mean, other[index]! - mean];
    both += x * y;
    ofOne += x * x;
    ofOther += y * y;
  }
  return ofOne === 0 || ofOther === 0 ? null : both / Math.sqrt(ofOne * ofOther);
}
