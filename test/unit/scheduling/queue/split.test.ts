import { describe, expect, test } from 'vitest';
import {
  bestSplit,
  fittedSplit,
  mostInMemory,
  splitsOf,
  type MeasuredSplit,
} from '../../../../src/scheduling/queue/split';

describe('the ways to divide the CPUs', () => {
  test.each([
    [1, null, [[1, 1]]],
    [
      2,
      null,
      [
        [1, 2],
        [2, 1],
      ],
    ],
    [
      6,
      null,
      [
        [1, 6],
        [2, 3],
        [3, 2],
        [6, 1],
      ],
    ],
    [
      8,
      3,
      [
        [1, 3],
        [2, 3],
      ],
    ],
    [2, 4, [[1, 4]]],
  ])('%i cores, a config of %s threads', (cores, own, expected) => {
    expect(splitsOf(cores, own).map(({ runs, threads }) => [runs, threads])).toEqual(expected);
  });

  test('that do not fit into memory have fewer runs with more threads', () => {
    expect(fittedSplit({ runs: 8, threads: 2 }, 16, 8)).toEqual({ runs: 8, threads: 2 });
    expect(fittedSplit({ runs: 16, threads: 1 }, 16, 5)).toEqual({ runs: 5, threads: 3 });
    expect(fittedSplit({ runs: 16, threads: 1 }, 16, 1)).toBeNull();
    expect(mostInMemory(1000, 300)).toBe(3);
    expect(mostInMemory(100, 300)).toBe(1);
  });

  test('are chosen by what was measured, and by memory', () => {
    const of = (runs: number, imagesPerSecond: number): MeasuredSplit => ({
      ...{ runs, threads: 1, imagesPerSecond, peakBytes: 100 },
    });
    expect(bestSplit([of(1, 400), of(2, 420)], 1000, 50).runs).toBe(2);
    expect(bestSplit([of(1, 400), of(2, 390)], 1000, 50).runs).toBe(1);
    expect(bestSplit([of(1, 400), of(2, 420), of(4, 500)], 500, 50).runs).toBe(2);
    expect(bestSplit([of(1, 400), of(2, 420)], 200, 50).runs).toBe(1);
    expect(bestSplit([of(1, 400)], 0, 50).runs).toBe(1);
  });
});
