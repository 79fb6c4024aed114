import { confidence, meanInterval, statistic, studentQuantile, type Interval, type Statistic } from './sample';

/** A mean difference, and what so many pairs can tell of it. */
export interface PairedDifference {
  /** Of the second values minus the first ones. */
  readonly difference: Statistic;
  /** Null for a single pair. */
  readonly interval: Interval | null;
  /** Whether the interval leaves no doubt which one is larger. */
  readonly isTold: boolean;
  /**
   * About how many pairs would tell it, if the difference and its spread are what they seem to be; null where it is told, where a
   * single pair says nothing of the spread, and where more than `mostPairs` would be needed.
   */
  readonly pairsNeeded: number | null;
}

/** With more, nobody would ask. */
export const mostPairs = 1000;

/** The share of experiments of so many pairs that would find the difference. */
const power = 0.8;

/**
 * The difference of values that belong together in pairs, such as of runs from the same seed: what both share does not blur it.
 * Throws an Error without pairs.
 */
export function pairedDifference(pairs: readonly (readonly [first: number, second: number])[]): PairedDifference {
  const difference = statistic(pairs.map(([first, second]) => second - first));
  if (difference === null) throw new Error('There are no pairs to compare.');
  const interval = meanInterval(difference);
  const isTold = interval !== null && (interval.low > 0 || interval.high < 0);
  return { difference, interval, isTold, pairsNeeded: isTold ? null : pairsNeeded(difference) };
}

function pairsNeeded({ mean, deviation, count }: Statistic): number | null {
  if (deviation === null) return null;
  for (let pairs = count + 1; pairs <= mostPairs; pairs++) {
    const reach = studentQuantile((1 + confidence) / 2, pairs - 1) + studentQuantile(power, pairs - 1);
    if (reach * deviation <= Math.abs(mean) * Math.sqrt(pairs)) return pairs;
  }
  return null;
}
