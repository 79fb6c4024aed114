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
