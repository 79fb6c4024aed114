import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import { random } from '../../../../src/pruning/criteria/random';
import { evidence } from './evidence';

const weights = { shape: [100, 1], data: new Float32Array(100) };
const scores = (purpose: string) => random.score(evidence(weights, { random: () => randomStream(7, purpose) }), 'conv');

test('scores follow from the stream, and lie in [0, 1)', () => {
  expect(scores('a')).toEqual(scores('a'));
  expect(scores('a')).not.toEqual(scores('b'));
  expect(scores('a').every((score) => score >= 0 && score < 1)).toBe(true);
  expect(new Set(scores('a')).size).toBe(100);
});
