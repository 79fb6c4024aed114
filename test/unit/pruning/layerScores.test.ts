import { expect, test } from 'vitest';
import { layerScores } from '../../../src/pruning/layerScores';

const layer = { name: 'conv1', filters: 2, weight: 'conv1.weight', bias: null, batchNorm: 'bn1' };
const parameters = new Map([
  ['conv1.weight', { shape: [2, 2, 1, 1], data: Float32Array.of(3, -4, 1, 0) }],
  ['bn1.weight', { shape: [2], data: Float32Array.of(-0.5, 2) }],
]);
const ranking = { seed: 1, epoch: 3 };

test('a layer is scored by its weights, its batch norm or its importance', () => {
  const scores = (criterion: 'l1' | 'l2' | 'bn-scale' | 'taylor') => [
    ...layerScores(layer, parameters, { ...ranking, criterion }, Float32Array.of(7, 8)),
  ];
  expect(scores('l1')).toEqual([7, 1]);
  expect(scores('l2')).toEqual([5, 1]);
  expect(scores('bn-scale')).toEqual([0.5, 2]);
  expect(scores('taylor')).toEqual([7, 8]);
});

test('random scores follow from seed, layer and epoch', () => {
  const random = (changes: Partial<typeof ranking>, name = 'conv1') => [
    ...layerScores({ ...layer, name }, parameters, { criterion: 'random', ...ranking, ...changes }, null),
  ];
  expect(random({})).toEqual(random({}));
  for (const other of [random({ seed: 2 }), random({ epoch: 4 }), random({}, 'conv2')])
    expect(other).not.toEqual(random({}));
});

test('a parameter that is not there is an error', () => {
  expect(() => layerScores({ ...layer, weight: 'none' }, parameters, { criterion: 'l1', ...ranking }, null)).toThrow(
    '"none"',
  );
});
