import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readExperiment, readExperimentIn } from '../../../src/experiment/read';
import { smallArrays, writeNpz } from '../../fixtures/arrays';

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

test('whatever a config says, it is either an experiment or has problems, at most a hundred and how many more', () => {
  // Wrong, odd and right values at the places of settings.
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(0, -0, 1, -1, 0.5, 1e308, 5e-324, 2 ** 53, null, true, 'soft', 'one-shot', 'resnet110', 'machine'),
    fc.string({ unit: 'binary', maxLength: 300 }),
  );
  const section = (keys: readonly string[]) => fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value);
  const patterns = fc.dictionary(fc.string({ unit: fc.constantFrom('*', '.', 's', '1', '(', '+', '\n') }), rates());
  const sweptSetting = fc.constantFrom(
    ...['pruning.rate', 'pruning.target.flops', 'training.seed', 'data.limit', 'pruning.no'],
  );
  const number = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer({ min: -2, max: 300 }));
  const range = fc.record(
    { from: number, to: number, count: fc.integer({ min: -1, max: 30 }), scale: fc.constantFrom('linear', 'log', 'x') },
    { requiredKeys: ['from', 'to', 'count'] },
  );
  const config = fc.record(
    {
      model: section(['arch']),
      data: section(['dataset', 'validation', 'limit', 'shuffle']),
      training: section(['epochs', 'batchSize', 'learningRateSchedule', 'seed', 'initialWeights']),
      pruning: fc.oneof(
        section(['rate', 'schedule', 'target', 'roundTo', 'allocation', 'groups', 'settleEpochs']),
        fc.record({ layers: patterns }),
        fc.record({ target: section(['flops', 'parameters', 'latency']) }),
      ),
      sweep: fc.oneof(
        fc.dictionary(sweptSetting, fc.array(value, { maxLength: 12 })),
        fc.dictionary(sweptSetting, range),
        fc.record(
          {
            'pruning.rate': fc.oneof(range, fc.constant([0.1, 0.2])),
            repeats: fc.oneof(value, fc.integer({ min: 1, max: 4 })),
            points: fc.array(fc.dictionary(sweptSetting, value), { maxLength: 3 }),
            exclude: fc.array(fc.dictionary(sweptSetting, value), { maxLength: 3 }),
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(config, (text) => {
      const { experiment, problems } = readExperiment(JSON.stringify(text), 'net');
      expect(experiment === null).toBe(problems.length > 0);
      expect(problems.length).toBeLessThanOrEqual(101);
      for (const { message } of problems) expect(message).not.toMatch(/\p{Cc}/u);
      for (const { config: run } of experiment?.runs ?? []) expect(run.name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    }),
    { seed: 8, numRuns: 120 },
  );
});

function rates() {
  return fc.record({ rate: fc.double({ min: 0, max: 1, noNaN: true }) });
}

test('images that a config brings along decide the network, and are looked at again when they have changed', async () => {
  const path = writeNpz(smallArrays());
  const text = '{ "data": { "arrays": "./set.npz" } }';
  const { experiment } = await readExperimentIn(dirname(path), text, 'net');
  expect(experiment?.runs[0].dataset.shape).toEqual({ channels: 3, height: 12, width: 12 });
  expect(experiment?.runs[0].graph.layers.at(-1)).toMatchObject({ kind: 'linear', units: 2 });
  expect(experiment?.runs[0].config.data.validation).toBeNull();
  writeFileSync(path, 'broken');
  const { problems } = await readExperimentIn(dirname(path), text, 'net');
  expect(problems).toMatchObject([{ path: ['data', 'arrays'], line: 1, column: 23 }]);
  expect(problems[0]?.message).toContain(`${join(dirname(path), 'set.npz')} is damaged, or no such file`);
});

test('images that are not there are told at their place, in a sweep too', async () => {
  const path = writeNpz(smallArrays());
  const text = '{ "sweep": { "data.arrays": ["./set.npz", "./other.npz"] } }';
  const { problems } = await readExperimentIn(dirname(path), text, 'net');
  expect(problems).toMatchObject([{ path: ['sweep', 'data.arrays', 1] }]);
  expect(problems[0]?.message).toContain('other.npz is not there');
});

test('a known data set beside images of its own, or two kinds of these, are one too many', async () => {
  const path = writeNpz(smallArrays());
  const messagesOf = async (data: object): Promise<string[]> => {
    const { problems } = await readExperimentIn(dirname(path), JSON.stringify({ data }), 'net');
    return problems.map(({ message }) => message);
  };
  expect(await messagesOf({ arrays: './set.npz', dataset: 'mnist' })).toEqual([
    'data.dataset stands beside data.arrays; leave one of them out.',
  ]);
  expect(await messagesOf({ arrays: './set.npz', folder: './pictures' })).toEqual([
    'data.folder stands beside data.arrays; leave one of them out.',
  ]);
  expect(await messagesOf({ dataset: 'mnist', folder: null })).toEqual([]);
});
