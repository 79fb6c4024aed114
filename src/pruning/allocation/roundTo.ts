/**
 * Kept groups by pool, each one of those that are `allowed` for its pool: the nearest, and then one step in the other direction
 * in some pools, until the cost, of kept groups by pool, is as near to that of `kept` as such steps bring it, because rounding
 * each to the nearest may add up. Steps that go least against the nearest come first.
 */
export function roundedKept(
  kept: readonly number[],
  allowed: readonly (readonly number[])[],
  cost: (kept: readonly number[]) => number,
): number[] {
  const choices = kept.map((count, index) => neighbours(count, allowed[index]!));
  const wanted = cost(kept);
  const missOf = (some: readonly number[]): number => Math.abs(cost(some) - wanted);
  const distortion = (some: readonly number[]): number =>
    some.reduce((sum, count, index) => sum + Math.abs(count - kept[index]!) / allowed[index]!.at(-1)!, 0);
  let rounded = kept.map((count, index) => nearest(choices[index]!, count));
  for (let miss = missOf(rounded); ;) {
    const better = oneStepFrom(rounded, choices)
      .sort((a, b) => distortion(a) - distortion(b))
      .find((some) => missOf(some) < miss);
    if (better === undefined) return rounded;
    rounded = better;
    miss = missOf(rounded);
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
