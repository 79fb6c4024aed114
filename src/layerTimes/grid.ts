/** Widths that are multiples of it are computed in blocks by onnxruntime; others take another way, in which odd things cost more. */
export const alignment = 4;

/** Up to here every aligned width is measured; beyond, blocks are small against the width. */
const finelyUpTo = 64;
const coarseSteps = 16;
/** Where widths that are not aligned are measured, as shares of the widest. */
const betweenAt = [1 / 8, 3 / 8, 5 / 8, 7 / 8];

export function isAligned(width: number): boolean {
  return width % alignment === 0;
}

/** The widths, ascending, at which convolutions of at most so many channels are measured; the widest is one of them. */
export function widthsToMeasure(most: number): number[] {
  const step = most <= finelyUpTo ? alignment : Math.ceil(most / coarseSteps / 16) * 16;
  const aligned = Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step);
  const between = betweenAt.map((share) => alignment * Math.floor((share * most) / alignment) + alignment / 2);
  return [...new Set([...aligned, ...between, most])].filter((width) => width <= most).sort((a, b) => a - b);
}

/** Every two widths once, as times of a pair of convolutions there and back do not depend on their order. */
export function pairsToMeasure(most: number): [number, number][] {
  const widths = widthsToMeasure(most);
  return widths.flatMap((one, index) => widths.slice(index).map((other): [number, number] => [one, other]));
}

/** Where a value lies among ascending ones: two neighbours, and how far it is from the first to the second, 0 to 1. */
export interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Outside of all, the nearest one. */
export function between(ascending: readonly number[], value: number): Between {
  const high = ascending.find((each) => each >= value) ?? ascending.at(-1)!;
  const low = ascending.findLast((each) => each <= value) ?? ascending[0]!;
  return { low, high, share: high > low ? (Math.min(Math.max(value, low), high) - low) / (high - low) : 0 };
}
