import { jStat } from 'jstat';

/** What some values tell of the ones that they were drawn from. */
export interface Statistic {
  readonly mean: number;
  /** Standard deviation of the sample (over n - 1); null for a single value. */
  readonly deviation: number | null;
  /** How many values were known. */
  readonly count: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The share of such intervals that hold the true mean. */
export const confidence = 0.95;

/** Mean and deviation of the values that are known; null when none is. */
export function statistic(values: readonly (number | null)[]): Statistic | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : null;
  return { mean, deviation, count: known.length };
}

/**
 * The interval in which the true mean lies with a confidence of 95 %, if values are spread normally (Student, Biometrika 1908);
 * null for a single value, which tells nothing of how values spread.
 */
export function meanInterval({ mean, deviation, count }: Statistic): Interval | null {
  if (deviation === null) return null;
  const half = (studentQuantile((1 + confidence) / 2, count - 1) * deviation) / Math.sqrt(count);
  return { low: mean - half, high: mean + half };
}

/** The value below which Student's t with so many degrees of freedom lies with this probability. */
export function studentQuantile(probability: number, degreesOfFreedom: number): number {
  return jStat.studentt.inv(probability, degreesOfFreedom);
}
