import { expect, test } from 'vitest';
import { runConfigSchema, type Config } from '../../../../src/config/schema';
import { chooseEngine } from '../../../../src/engines/choice/choose';
import { lacksTensorflow } from '../../../../src/extension/engines/missingEngine';
import { buildNetwork } from '../../../../src/network/zoo';
import type { RunManifest } from '../../../../src/runs/model/format';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

/** What a training process says where nothing has been set up. */
async function sentence(): Promise<string> {
  const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
  const workload = { graph, batchSize: 128, optimizer: { momentum: 0.9, nesterov: false, weightDecay: 0 } };
  const settings = { threads: 1, tf32: false, enginesFolder: temporaryFolder() };
  const chosen = chooseEngine({ name: 'tensorflow', device: 'cpu' }, settings, workload);
  return chosen.then(
    () => 'It is there.',
    (error: unknown) => String(error),
  );
}

/** Of a run that failed before it had an engine, on a machine without an NVIDIA GPU. */
async function isLacking(
  engine: Partial<Config['engine']>,
  others: Partial<RunManifest> = {},
  gpu: object | null = null,
) {
  const config = runConfigSchema.parse({ name: 'trial', engine });
  const failed = { config, engine: null, error: await sentence(), ...others };
  return lacksTensorflow(failed, () => Promise.resolve(gpu));
}

test('a run that asks for a TensorFlow that is not there lacks it', async () => {
  expect(await isLacking({ name: 'tensorflow' })).toBe(true);
  expect(await isLacking({ name: 'tensorflow', device: 'cpu' })).toBe(true);
});

test('a run that asks for a GPU that is not there is not helped by setting up', async () => {
  expect(await isLacking({ name: 'tensorflow', device: 'gpu' })).toBe(false);
  expect(await isLacking({ name: 'tensorflow', device: 'gpu' }, {}, { name: 'GPU' })).toBe(true);
});

test('a run that failed of something else lacks nothing', async () => {
  const engine = { name: 'tensorflow', device: 'cpu', versions: {}, reason: '' };
  expect(await isLacking({ name: 'onnxruntime' })).toBe(false);
  expect(await isLacking({ name: 'tensorflow' }, { engine })).toBe(false);
  expect(await isLacking({ name: 'tensorflow' }, { error: 'The disk is full.' })).toBe(false);
  expect(await isLacking({ name: 'tensorflow' }, { error: null })).toBe(false);
});
