import { expect, test } from 'vitest';
import { configSchema, runConfigSchema } from '../../../src/config/schema';
import { resolve, resolveRun } from '../../../src/experiment/resolve';
import { prunableLayers } from '../../../src/network/prunableLayers';

test('a run knows its data set and the network for its images', () => {
  const { dataset, graph } = resolveRun(
    runConfigSchema.parse({ name: 'digits', model: { arch: 'resnet32' }, data: { dataset: 'mnist' } }),
  );
  expect(dataset.title).toBe('MNIST');
  expect(graph.name).toBe('resnet32');
  expect(graph.layers[0]).toMatchObject({ kind: 'input', shape: { channels: 1, height: 28, width: 28 } });
  expect(graph.layers.at(-1)).toMatchObject({ kind: 'linear', units: 10 });
});

test('the runs of a sweep each have the network and the data set of their own config', () => {
  const sweep = {
    'model.arch': ['resnet20', 'resnet56'],
    'data.dataset': ['cifar10', 'mnist'],
    'training.seed': [1, 2],
  };
  const { name, runs } = resolve(configSchema.parse({ sweep }), 'both');
  expect(name).toBe('both');
  expect(runs).toHaveLength(8);
  for (const run of runs) expect(run).toEqual(resolveRun(run.config));
  expect(new Set(runs.map(({ graph }) => prunableLayers(graph).length))).toEqual(new Set([19, 55]));
});
