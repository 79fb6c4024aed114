import { expect, test } from 'vitest';
import { taylor } from '../../../../src/pruning/criteria/taylor';
import { evidence } from './evidence';

const weights = { shape: [2, 2], data: Float32Array.of(3, 4, 0, 1) };

test('a score is the importance that training gathered', () => {
  expect([...taylor.score(evidence(weights, { importance: Float32Array.of(0.25, 8) }), 'conv')]).toEqual([0.25, 8]);
});

test('before the first step, without gradients, it is the L2 norm', () => {
  expect([...taylor.score(evidence(weights), 'conv')]).toEqual([5, 1]);
});
