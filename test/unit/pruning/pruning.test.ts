import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runConfigSchema } from '../../../src/config/schema';
import { filterScores } from '../../../src/pruning/criteria';
import { maskOverlap, networkMaskOverlap } from '../../../src/pruning/maskOverlap';
import { filtersToPrune, maskOf, zeroPruned } from '../../../src/pruning/masks';
import { layerMatcher, rateOf } from '../../../src/pruning/rates';
import { isPruningEpoch } from '../../../src/pruning/schedule';

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

describe('scores', () => {
  const layer = fc.integer({ min: 1, max: 12 }).chain((filters) =>
    fc.integer({ min: 1, max: 20 }).chain((size) =>
      fc
        .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }), {
          minLength: filters * size,
          maxLength: filters * size,
        })
        .map((values) => ({ filters, size, data: Float32Array.from(values) })),
    ),
  );

  test('are the l1 and l2 norms of each filter', () => {
    fc.assert(
      fc.property(layer, ({ filters, size, data }) => {
        const weights = { shape: [filters, size, 1, 1], data };
        for (const [criterion, power] of [
          ['l1', 1],
          ['l2', 2],
        ] as const) {
          const scores = filterScores(criterion, weights);
          expect(scores).toHaveLength(filters);
          for (let filter = 0; filter < filters; filter++) {
            let sum = 0;
            for (let index = 0; index < size; index++) sum += Math.abs(data[filter * size + index]!) ** power;
            expect(scores[filter]).toBeCloseTo(sum ** (1 / power), 9);
          }
        }
      }),
    );
  });

  test('are summed in float64: small weights count beside a large one', () => {
    const data = new Float32Array(1001).fill(1e-5);
    data[0] = 1000;
    const [score] = filterScores('l1', { shape: [1, 1001], data });
    expect(score).toBeCloseTo(1000.01, 6);
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
    zeroPruned(weights, maskOf(filterScores('l2', weights), 1));
    expect([...weights.data]).toEqual([0, 2, 3]);
    weights.data[0] = 5;
    expect([...maskOf(filterScores('l2', weights), 1)]).toEqual([1, 0, 1]);
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

  test('overlap by the filters pruned in both over those pruned in either', () => {
    const a = Uint8Array.of(0, 0, 1, 1);
    const b = Uint8Array.of(0, 1, 0, 1);
    expect(maskOverlap(a, b)).toBeCloseTo(1 / 3);
    expect(maskOverlap(a, a)).toBe(1);
    expect(maskOverlap(Uint8Array.of(1), Uint8Array.of(1))).toBe(1);
    expect(
      networkMaskOverlap([
        [a, b],
        [a, a],
      ]),
    ).toBeCloseTo(3 / 5);
  });
});

describe('rates by layer', () => {
  const pruning = (layers: Record<string, { rate: number }>) =>
    runConfigSchema.parse({ name: 'x', pruning: { rate: 0.3, layers } }).pruning;

  test('are the common one where nothing else matches', () => {
    expect(rateOf(pruning({}))('stem.conv')).toBe(0.3);
  });

  test('are those of the last pattern that matches', () => {
    const rate = rateOf(pruning({ 'stage3.*': { rate: 0.2 }, '*.conv1': { rate: 0.5 }, 'stem.conv': { rate: 0 } }));
    expect(rate('stage3.block1.conv2')).toBe(0.2);
    expect(rate('stage3.block1.conv1')).toBe(0.5);
    expect(rate('stem.conv')).toBe(0);
    expect(rate('stage1.block1.conv2')).toBe(0.3);
  });

  test('can serve as callbacks: a match is a boolean', () => {
    expect(['stem.conv', 'stage1.block1.conv1'].map(layerMatcher('stem.*'))).toEqual([true, false]);
  });
});

test('pruning happens after every so many epochs, and after the last', () => {
  const epochs = (total: number, every: number) =>
    Array.from({ length: total }, (_, epoch) => epoch).filter((epoch) => isPruningEpoch(epoch, total, every));
  expect(epochs(4, 1)).toEqual([0, 1, 2, 3]);
  expect(epochs(6, 2)).toEqual([0, 2, 4, 5]);
  expect(epochs(3, 10)).toEqual([0, 2]);
});
