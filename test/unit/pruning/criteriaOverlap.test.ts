import { expect, test } from 'vitest';
import { criteriaOverlap } from '../../../src/pruning/criteriaOverlap';

test('two criteria are compared by their ranks and by what they prune', () => {
  // Both prune filter 0; the first one also 1, the second one 3.
  const [a, b] = [Float64Array.of(1, 2, 3, 4), Float64Array.of(10, 30, 40, 20)];
  const overlap = criteriaOverlap(a, b, 0.5);
  expect(overlap).toMatchObject({ filters: 4, pruned: 2, maskOverlap: 1 / 3 });
  expect(overlap.rankCorrelation).toBeCloseTo(0.4, 12);
});

test('without a rate nothing is pruned, and criteria agree on that', () => {
  expect(criteriaOverlap([1, 2], [2, 1], 0)).toEqual({ filters: 2, pruned: 0, rankCorrelation: -1, maskOverlap: 1 });
});
