import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random';
import type { Tensor } from '../../../src/network/state';
import { l2 } from '../../../src/pruning/criteria/norms';
import { filtersToPrune, maskOf, zeroPruned } from '../../../src/pruning/masks';

const l2Of = (weights: Tensor) =>
  l2.score({ weights, batchNormScale: null, importance: null, random: () => randomStream(1, 'test') }, 'conv');

describe('the number of filters to prune', () => {
  test.each([
    [10, 0.1, 1],
    [160, 0.1, 16],
    [100, 0.29, 29],
    [16, 0.3, 4],
    [64, 0.3, 19],
    [512, 0.3, 153],
    [16, 0, 0],
    [1, 0.99, 0],
    [10, 0.999999999999, 9],
    // What floating-point arithmetic makes of 1 - 0.9 and 0.1 * 3.
    [10, 1 - 0.9, 1],
    [10, 0.1 * 3, 3],
  ])('of %d at rate %d is %d', (filters, rate, pruned) => {
    expect(filtersToPrune(filters, rate)).toBe(pruned);
  });

  test('is the floor of the exact product, for every decimal rate', () => {
    const decimals = fc
      .integer({ min: 1, max: 8 })
      .chain((digits) =>
        fc.record({ digits: fc.constant(digits), numerator: fc.integer({ min: 0, max: 10 ** digits - 1 }) }),
      );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), decimals, (filters, { digits, numerator }) => {
        const exact = (BigInt(filters) * BigInt(numerator)) / 10n ** BigInt(digits);
        expect(filtersToPrune(filters, Number(`${numerator}e-${digits}`))).toBe(Number(exact));
      }),
      { numRuns: 2000 },
    );
  });

  test('is always fewer than there are', () => {
    const rates = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4096 }), rates, (filters, rate) => {
        expect(filtersToPrune(filters, rate)).toBeLessThan(filters);
        expect(filtersToPrune(filters, rate)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('masks', () => {
  const scoresAndCount = fc
    .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 40 })
    .chain((scores) => fc.record({ scores: fc.constant(scores), count: fc.nat({ max: scores.length }) }));

  test('prune the lowest scores, of equal ones the lowest index first', () => {
    fc.assert(
      fc.property(scoresAndCount, ({ scores, count }) => {
        const left = scores.map((score, index) => ({ score, index }));
        const mask = maskOf(scores, count);
        for (let pruned = 0; pruned < count; pruned++) {
          let lowest = 0;
          for (const [at, { score }] of left.entries()) if (score < left[lowest]!.score) lowest = at;
          const [filter] = left.splice(lowest, 1);
          expect(mask[filter!.index]).toBe(0);
        }
        for (const { index } of left) expect(mask[index]).toBe(1);
      }),
    );
  });

  test('of equal scores prune from the front', () => {
    expect([...maskOf([1, 1, 1, 1], 2)]).toEqual([0, 0, 1, 1]);
    expect([...maskOf([2, 1, 1, 0], 2)]).toEqual([1, 0, 1, 0]);
  });

  test('are made afresh: a filter that was pruned is kept once others are weaker', () => {
    const weights = { shape: [3, 1, 1, 1], data: Float32Array.from([1, 2, 3]) };
    zeroPruned(weights, maskOf(l2Of(weights), 1));
    expect([...weights.data]).toEqual([0, 2, 3]);
    weights.data[0] = 5;
    expect([...maskOf(l2Of(weights), 1)]).toEqual([1, 0, 1]);
  });

  test('zero exactly the weights of pruned filters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 9 }),
        (kept, size) => {
          const weights = { shape: [kept.length, size], data: new Float32Array(kept.length * size).fill(1) };
          zeroPruned(weights, Uint8Array.from(kept, Number));
          expect([...weights.data]).toEqual(kept.flatMap((isKept) => new Array<number>(size).fill(isKept ? 1 : 0)));
        },
      ),
    );
  });
});
