/**
 * Kept groups by pool, each one of those that are `allowed` for its pool. `cost` is of kept groups by pool; the rounded cost is
 * brought as near to that of `kept` as one step up or down in every pool allows, because rounding each to the nearest may add up.
 */
export function roundedKept(
  kept: readonly number[],
  allowed: readonly (readonly number[])[],
  cost: (kept: readonly number[]) => number,
): number[] {
  const choices = kept.map((count, index) => neighbours(count, allowed[index]!));
  const wanted = cost(kept);
  const missOf = (some: readonly number[]): number => Math.abs(cost(some) - wanted);
  let rounded = kept.map((count, index) => nearest(choices[index]!, count));
  for (let miss = missOf(rounded); ; ) {
    const steps = oneStepFrom(rounded, choices).map((some) => ({ some, miss: missOf(some) }));
    const best = steps.reduce<(typeof steps)[number] | null>((a, b) => (a && a.miss <= b.miss ? a : b), null);
    if (best === null || best.miss >= miss) return rounded;
    ({ some: rounded, miss } = best);
  }
}

/**
 * The multiples of a number up to `size`, and `size` itself, which stands for a pool that stays whole; a pool that is smaller
 * than one multiple can only do that.
 */
export function multiplesUpTo(size: number, multiple: number): number[] {
  const count = Math.floor(size / multiple);
  const multiples = Array.from({ length: count }, (_, index) => (index + 1) * multiple);
  return count * multiple === size ? multiples : [...multiples, size];
}

/** The allowed number next below or equal, and the one next above or equal. */
function neighbours(count: number, allowed: readonly number[]): number[] {
  const below = allowed.findLast((value) => value <= count);
  const above = allowed.find((value) => value >= count);
  return [...new Set([below ?? above!, above ?? below!])];
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce((best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best));
}

function oneStepFrom(kept: readonly number[], choices: readonly (readonly number[])[]): number[][] {
  return choices.flatMap((values, index) =>
    values.filter((value) => value !== kept[index]).map((value) => kept.with(index, value)),
  );
}
