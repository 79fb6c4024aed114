import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runConfigSchema } from '../../../../src/config/schema';
import type { LayerGraph } from '../../../../src/network/graph';
import { createRun } from '../../../../src/runs/folder/create';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { runNetwork } from '../../../../src/runs/folder/runNetwork';
import { compactResNet, narrowCifarNet } from '../../../fixtures/compactNetwork';
import { newRunFolder } from '../../../fixtures/runFolder';

let runs: string;
beforeEach(async () => {
  runs = dirname(await newRunFolder());
});

async function narrowRun(network: LayerGraph): Promise<string> {
  return createRun(runs, {
    config: runConfigSchema.parse({ name: 'net-narrow' }),
    experiment: 'test',
    configFile: null,
    versions: {},
    git: null,
    baseline: { of: 'net', kind: 'narrow' },
    network,
  });
}

const networkOf = async (folder: string) => (await runNetwork(folder, await readManifest(folder))).graph;

test('a run trains the network of its config', async () => {
  const folder = await newRunFolder();
  await writeFile(join(folder, 'network.json'), JSON.stringify(narrowCifarNet));
  expect((await networkOf(folder)).name).toBe('resnet20');
});

test('a narrow baseline trains the one in its folder', async () => {
  expect(await networkOf(await narrowRun(narrowCifarNet))).toEqual(narrowCifarNet);
});

test('one that is not for the images of the data set is refused', async () => {
  await expect(networkOf(await narrowRun(compactResNet))).rejects.toThrow(
    /network\.json describes a network that is not for the images and classes of CIFAR-10\.$/,
  );
});

test('one that is missing or damaged is refused', async () => {
  const folder = await narrowRun(narrowCifarNet);
  await writeFile(join(folder, 'network.json'), '[]');
  await expect(networkOf(folder)).rejects.toThrow(/describes no network: .*; train the baseline again\.$/);
  await rm(join(folder, 'network.json'));
  await expect(networkOf(folder)).rejects.toThrow(/network\.json is not there; it may have been moved or deleted\.$/);
});

test('a run of images of its own knows them from its run.json alone, and is refused without', async () => {
  const data = {
    ...{ title: 'set.npz', shape: { channels: 2, height: 9, width: 8 }, classes: ['a', 'b', 'c'] },
    ...{ trainingCount: 20, testCount: 5, mean: [0, 0], std: [1, 1], pixels: 'floats' as const },
    ...{ validationFrom: 15, fingerprint: 'f', reading: 'as it was' },
  };
  const run = {
    config: runConfigSchema.parse({ name: 'net', data: { arrays: './set.npz' } }),
    ...{ experiment: 'test', configFile: join(runs, 'net.sfp.json'), versions: {}, git: null },
  };
  const folder = await createRun(runs, { ...run, data });
  const { dataset, graph } = await runNetwork(folder, await readManifest(folder));
  expect(graph.layers[0]).toMatchObject({ kind: 'input', shape: data.shape });
  expect(graph.layers.at(-1)).toMatchObject({ units: 3 });
  expect(dataset.own).toMatchObject({ path: join(runs, 'set.npz'), validationFrom: 15, pixels: 'floats' });
  await expect(networkOf(await createRun(runs, run))).rejects.toThrow(
    'does not say what its images are, and is damaged',
  );
});
