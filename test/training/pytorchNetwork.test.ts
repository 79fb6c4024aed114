import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { compactTrainedRun } from '../../src/analysis/compactRun';
import { measureSensitivity } from '../../src/analysis/sensitivity/measureSensitivity';
import { taskOfConfig } from '../../src/analysis/sensitivity/task';
import { loadExperiment } from '../../src/experiment/load';
import { exportedNetwork } from '../../src/export/exportedNetwork';
import { prepareExport } from '../../src/export/prepareExport';
import { decodeSafetensors } from '../../src/formats/safetensors';
import type { TensorMap } from '../../src/formats/tensor';
import type { Sensitivity } from '../../src/runs/model/sensitivity';
import { isEqual } from '../../src/runs/model/certificateFindings';
import { createRuns } from '../../src/runs/folder/create';
import { readHistory } from '../../src/runs/folder/reader';
import { trainRun } from '../../src/training/run/trainRun';
import { bytesArray, longsArray, twoSides, writeNpz } from '../fixtures/arrays';
import { buildProgram, type BuiltProgram } from '../fixtures/builtProgram';
import { pytorchFile, pytorchState } from '../fixtures/importedOnnx';

/** Networks that PyTorch exported, from their files to smaller ones. */

const classes = 5;
let program: BuiltProgram;
let folder: string;
beforeAll(async () => {
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-pytorch-'));
  writeNpz(fiveClasses(80, 20), 6, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Images of 16x16 for networks with five outputs. */
function fiveClasses(training: number, test: number) {
  const labels = (count: number) => Array.from({ length: count }, (_, index) => index % classes);
  const images = (count: number, seed: number) => bytesArray([count, 16, 16, 3], twoSides(count, 16, 3, seed).images);
  return {
    x_train: images(training, 1),
    y_train: longsArray([training], labels(training)),
    x_test: images(test, 2),
    y_test: longsArray([test], labels(test)),
  };
}

/** A config that names the network, beside it. */
async function configOf(network: string, way: string): Promise<string> {
  await copyFile(resolve(pytorchFile(network, way)), join(folder, `${network}.onnx`));
  const configFile = join(folder, `${network}.sfp.json`);
  const config = {
    model: { onnx: `./${network}.onnx` },
    data: { arrays: './set.npz', validation: 20 },
    pruning: { rate: 0.3 },
    training: { epochs: 2, batchSize: 20, learningRateSchedule: [], optimizer: { learningRate: 0.01 } },
    engine: { name: 'onnxruntime', device: 'cpu' },
  };
  await writeFile(configFile, JSON.stringify(config));
  return configFile;
}

/** A finished run, with its compact network. */
async function trained(network: string, way: string): Promise<string> {
  const configFile = await configOf(network, way);
  const experiment = await loadExperiment(configFile);
  const [run] = await createRuns(join(folder, 'runs'), { experiment, configFile, versions: {} });
  const outcome = await trainRun(run.folder, {
    batchWorkerScript: program.batchWorker,
    conclude: (each) => compactTrainedRun(each, () => Promise.resolve({ latency: null, block: 8 })),
  });
  expect(outcome).toBe('finished');
  return run.folder;
}

const shapesOf = (tensors: TensorMap): Record<string, readonly number[]> =>
  Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]));

it('a network of PyTorch is trained, pruned, compacted, certified and exported, and its state dict fits the model', async () => {
  const run = await trained('mobile', 'older-dynamic');
  const { certificate, manifest } = await readHistory(run);
  expect(manifest.imported!.equality!.largestDifference).toBeLessThan(1e-5 * manifest.imported!.equality!.logitsRange);
  expect(certificate && isEqual(certificate)).toBe(true);

  const wanted = { version: '1.2.3', allowUnequal: false };
  const compact = await exportedNetwork(run, 'compact', wanted);
  const masked = await exportedNetwork(run, 'masked', wanted);
  expect(masked.filters.zero).toBeGreaterThan(0);
  expect(compact.filters.all).toBeLessThan(masked.filters.all);
  // Both are run in onnxruntime, and refused where they give other logits.
  for (const [name, network] of Object.entries({ compact, masked })) {
    const { check } = await prepareExport(network, 'onnx', join(folder, `${name}.onnx`));
    expect(check!.largestDifference, name).toBeLessThan(1e-5 * check!.logitsRange);
  }

  const file = join(folder, 'masked.safetensors');
  const written = (await prepareExport(masked, 'safetensors', file)).files.find(({ path }) => path === file)!;
  const state = shapesOf(await pytorchState('mobile'));
  const { images, logits } = state;
  expect({ ...shapesOf(decodeSafetensors(written.bytes, file)), images, logits }).toEqual(state);
});

describe('the sensitivity of a network that is not trained here yet', () => {
  const measured = async (network: string, way: string): Promise<Sensitivity> => {
    const task = await taskOfConfig(await configOf(network, way), join(folder, 'runs'));
    onTestFinished(() => rm(task.file, { force: true }));
    return measureSensitivity(
      task,
      { rates: [0.5], images: 20 },
      {
        signal: new AbortController().signal,
        batchWorkerScript: program.batchWorker,
        onPreparing: () => undefined,
        onNote: () => undefined,
        onPool: () => undefined,
      },
    );
  };

  it('is that of the weights in its file', async () => {
    const { subject, pools } = await measured('mobile', 'older-dynamic');
    expect(subject.weights).toBe('./mobile.onnx');
    expect(pools.map(({ name }) => name)).toContain('features.1.block.3.0');
  });

  it('is refused in a sentence where nothing can be pruned', async () => {
    await expect(measured('dense', 'newer')).rejects.toThrow(
      /^Nothing of dense can be pruned, .* "sfp import" tells why\.$/,
    );
  });
});
