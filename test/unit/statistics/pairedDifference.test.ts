import { describe, expect, test } from 'vitest';
import { mostPairs, pairedDifference } from '../../../src/statistics/pairedDifference';
import { studentQuantile } from '../../../src/statistics/sample';

describe('a paired difference', () => {
  test('is that of Student’s sleepers, who slept longer by one drug than by the other', () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { difference, interval, isTold, pairsNeeded } = pairedDifference(
      first.map((value, index) => [value, second[index]!] as const),
    );
    expect(difference.mean).toBeCloseTo(1.58, 10);
    expect(interval!.low).toBeCloseTo(0.7001, 4);
    expect(interval!.high).toBeCloseTo(2.4599, 4);
    expect([isTold, pairsNeeded]).toEqual([true, null]);
  });

  test('that few pairs do not tell says how many would, the smallest number that has the power', () => {
    const { isTold, difference, pairsNeeded } = pairedDifference([
      [0, 0.4],
      [0, -0.1],
      [0, 0.1],
    ]);
    expect(isTold).toBe(false);
    const reach = (pairs: number): number =>
      ((studentQuantile(0.975, pairs - 1) + studentQuantile(0.8, pairs - 1)) * difference.deviation!) /
      Math.sqrt(pairs);
    expect(reach(pairsNeeded!)).toBeLessThanOrEqual(difference.mean);
    expect(reach(pairsNeeded! - 1)).toBeGreaterThan(difference.mean);
  });

  test('of one pair has no spread, and one of nothing needs more pairs than anybody has', () => {
    expect(pairedDifference([[1, 2]])).toMatchObject({ interval: null, isTold: false, pairsNeeded: null });
    const none = pairedDifference([
      [0, 1],
      [1, 0],
    ]);
    expect(none).toMatchObject({ isTold: false, pairsNeeded: null });
    expect(mostPairs).toBeGreaterThan(100);
  });

  test('of nothing is refused', () => {
    expect(() => pairedDifference([])).toThrow('no pairs');
  });
});
