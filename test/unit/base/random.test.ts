import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permutation, randomStream } from '../../../src/base/random';

const uniforms = (seed: number, purpose: string, count: number) => {
  const stream = randomStream(seed, purpose);
  return Array.from({ length: count }, () => stream.uniform());
};

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, index) => (value - meanA) * (b[index]! - meanB)));
  const variance = (values: readonly number[], centre: number) => mean(values.map((value) => (value - centre) ** 2));
  return covariance / Math.sqrt(variance(a, meanA) * variance(b, meanB));
}

describe('random streams', () => {
  test('keep their first values for ever, as runs must be repeatable across versions', () => {
    const stream = randomStream(1, 'weights');
    expect([stream.uniform(), stream.normal(), stream.below(1000)]).toMatchInlineSnapshot(`
      [
        0.18638876071741595,
        0.7529189873899618,
        103,
      ]
    `);
    expect(randomStream(0xffffffff, 'shuffle').below(2 ** 32)).toMatchInlineSnapshot(`827443756`);
  });

  test('repeat for the same seed and purpose', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), fc.string(), (seed, purpose) => {
        expect(uniforms(seed, purpose, 5)).toEqual(uniforms(seed, purpose, 5));
      }),
    );
  });

  test('start differently for near seeds and purposes', () => {
    const starts = [0, 1, 2, 3, 4, 100, 101].flatMap((seed) =>
      ['weights', 'shuffle', 'augment'].map((purpose) => uniforms(seed, purpose, 1)[0]!),
    );
    const sorted = starts.toSorted((a, b) => a - b);
    const gaps = sorted.slice(1).map((value, index) => value - sorted[index]!);
    expect(Math.min(...gaps)).toBeGreaterThan(1e-4);
  });

  test('are uncorrelated between neighbouring seeds and between purposes, from the first value on', () => {
    const first = (purpose: string, shift: number) =>
      Array.from({ length: 4000 }, (_, seed) => uniforms(seed + shift, purpose, 1)[0]!);
    // The standard error of a correlation over 4000 pairs is 0.016.
    expect(Math.abs(correlation(first('weights', 0), first('weights', 1)))).toBeLessThan(0.06);
    expect(Math.abs(correlation(first('weights', 0), first('shuffle', 0)))).toBeLessThan(0.06);
  });

  test('draw normal deviates of mean 0 and variance 1', () => {
    const stream = randomStream(7, 'weights');
    const values = Array.from({ length: 20_000 }, () => stream.normal());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  test('draw integers below a bound, each as often', () => {
    const stream = randomStream(3, 'shuffle');
    const counts = new Uint32Array(7);
    for (let draw = 0; draw < 14_000; draw++) counts[stream.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});

test('a permutation holds every number once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), (count, seed) => {
      const order = permutation(count, randomStream(seed, 'shuffle'));
      expect(order.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, index) => index));
    }),
  );
});
