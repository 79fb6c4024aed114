import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fpgm } from '../../../../src/pruning/criteria/fpgm';
import { evidence } from './evidence';

/** g(F) of equation 6, by the definition: over all filters, the filter itself included. */
function plainly(filters: readonly (readonly number[])[]): number[] {
  return filters.map((filter) =>
    filters.reduce((sum, other) => sum + Math.hypot(...filter.map((weight, index) => weight - other[index]!)), 0),
  );
}

test('a score is the sum of distances to all filters of the layer', () => {
  const layers = fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc.array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: size, maxLength: size }), {
      minLength: 1,
      maxLength: 9,
    }),
  );
  fc.assert(
    fc.property(layers, (filters) => {
      const weights = { shape: [filters.length, filters[0]!.length], data: Float32Array.from(filters.flat()) };
      const scores = fpgm.score(evidence(weights), 'conv');
      for (const [index, wanted] of plainly(filters).entries()) expect(scores[index]).toBeCloseTo(wanted, 9);
    }),
  );
});

test('the filter in the middle of the others is the first to go, where the norm would take the smallest', () => {
  const weights = { shape: [3, 1], data: Float32Array.of(1, 3, 5.5) };
  expect([...fpgm.score(evidence(weights), 'conv')]).toEqual([6.5, 4.5, 7]);
});
