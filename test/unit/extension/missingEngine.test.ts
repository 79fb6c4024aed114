import { expect, test } from 'vitest';
import { runConfigSchema, type Config } from '../../../src/config/schema';
import { lacksTensorflow } from '../../../src/extension/engines/missingEngine';
import type { RunManifest } from '../../../src/runs/format';

const sentence = 'The config asks for tensorflow, which is not there. Not set up; run "sfp engines setup".';

/** Of a run that failed before it had an engine, on a machine without an NVIDIA GPU. */
function isLacking(engine: Partial<Config['engine']>, others: Partial<RunManifest> = {}, gpu: object | null = null) {
  const config = runConfigSchema.parse({ name: 'trial', engine });
  return lacksTensorflow({ config, engine: null, error: sentence, ...others }, () => Promise.resolve(gpu));
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
