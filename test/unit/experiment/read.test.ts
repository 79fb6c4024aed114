import { expect, test } from 'vitest';
import { readExperiment } from '../../../src/experiment/read';

test('values that are not allowed are told before those that do not go together', () => {
  const { experiment, problems } = readExperiment('{"data":{"limit":5},"pruning":{"rate":2}}', 'net');
  expect(experiment).toBeNull();
  expect(problems.map(({ message }) => message)).toEqual(['pruning.rate is 2; it must be at least 0 and below 1.']);
});

test('what does not go together is told in the order of the text, once for each place', () => {
  const text = `{
    "pruning": { "layers": { "head.*": { "rate": 0.1 } } },
    "data": { "limit": 5 },
    "sweep": { "training.seed": [1, 2] }
  }`;
  const places = readExperiment(text, 'net').problems.map(({ line, path }) => [line, path.join('.')]);
  expect(places).toEqual([
    [2, 'pruning.layers.head.*'],
    [3, 'data.limit'],
  ]);
});
