import { expect, test } from 'vitest';
import { batchNormScale } from '../../../../src/pruning/criteria/batchNormScale';
import { evidence } from './evidence';

const weights = { shape: [3, 1], data: Float32Array.of(1, 2, 3) };

test('a score is the absolute scale of the batch norm', () => {
  const scores = batchNormScale.score(evidence(weights, { batchNormScale: Float32Array.of(0.5, -2, 0) }), 'conv');
  expect([...scores]).toEqual([0.5, 2, 0]);
});

test('a layer without batch norm is named', () => {
  expect(() => batchNormScale.score(evidence(weights), 'stem.conv')).toThrow('"stem.conv" has none');
});
