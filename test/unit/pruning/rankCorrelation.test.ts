import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { midRanks, rankCorrelation } from '../../../src/pruning/rankCorrelation';

describe('midRanks', () => {
  it('gives equal values the mean of their ranks', () => {
    expect([...midRanks([10, 20, 10, 5, 20, 20])]).toEqual([2.5, 5, 2.5, 1, 5, 5]);
    expect([...midRanks([])]).toEqual([]);
  });

  it('gives ranks that sum up to those without ties', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 })), (values) => {
        const sum = midRanks(values).reduce((total, rank) => total + rank, 0);
        expect(sum).toBe((values.length * (values.length + 1)) / 2);
      }),
    );
  });
});

describe('rankCorrelation', () => {
  // scipy.stats.spearmanr, version 1.17.1; the last has ties.
  it.each([
    [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
    [[106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17], -0.17575757575757575],
    [[1, 1, 2, 2, 3], [3, 1, 2, 2, 1], -0.3611111111111111],
  ])('of %j and %j is %d', (a, b, expected) => {
    expect(rankCorrelation(a, b)).toBeCloseTo(expected, 12);
  });

  it('sees the order alone, both ways', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 40 }), (values) => {
        expect(
          rankCorrelation(
            values,
            values.map((value) => value ** 3),
          ),
        ).toBeCloseTo(1, 12);
        expect(
          rankCorrelation(
            values,
            values.map((value) => -value),
          ),
        ).toBeCloseTo(-1, 12);
      }),
    );
  });

  it('is not defined where all values are equal', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankCorrelation([4], [2])).toBeNull();
  });
});
