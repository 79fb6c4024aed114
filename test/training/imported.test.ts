import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compactTrainedRun } from '../../src/analysis/compactRun';
import { ensureDataset } from '../../src/data/sets/datasets';
import { loadExperiment } from '../../src/experiment/load';
import { exportedNetwork } from '../../src/export/exportedNetwork';
import { prepareExport } from '../../src/export/prepareExport';
import { decodeSafetensors } from '../../src/formats/safetensors';
import { readNetwork } from '../../src/network/import/readNetwork';
import { isEqual } from '../../src/runs/model/certificateFindings';
import { createRuns } from '../../src/runs/folder/create';
import { readHistory } from '../../src/runs/folder/reader';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, type BuiltProgram } from '../fixtures/builtProgram';
import { lifelikeTensors, narrowCifarNet } from '../fixtures/compactNetwork';
import { writeOnnx, writeTfjs } from '../fixtures/networkFiles';
import { smallConfig } from '../fixtures/smallRun';

/** A run of a network that comes from a file, with its weights. */

let program: BuiltProgram;
let folder: string;
beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
});
const folders: string[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-imported-'));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

async function newRun(config: object): Promise<string> {
  const configFile = join(folder, 'net.sfp.json');
  await writeFile(configFile, JSON.stringify({ ...smallConfig, ...config }));
  const experiment = await loadExperiment(configFile);
  const [run] = await createRuns(join(folder, 'runs'), { experiment, configFile, versions: {} });
  return run.folder;
}

const train = (run: string) => trainRun(run, { batchWorkerScript: program.batchWorker });

async function initialWeights(run: string) {
  const file = join(run, 'checkpoints', 'initial', 'weights.safetensors');
  return decodeSafetensors(await readFile(file), file);
}

describe('a run of a network from an ONNX file', () => {
  it('begins with its weights, and needs the file no more once it has begun', async () => {
    const file = await writeOnnx(folder, narrowCifarNet);
    const run = await newRun({ model: { onnx: './net.onnx' } });
    expect(await train(run)).toBe('finished');
    await rm(file);
    const { manifest, epochs } = await readHistory(run);
    expect(epochs).toHaveLength(2);
    const { equality, notes } = manifest.imported!;
    expect(manifest.imported!.file).toBe(file);
    expect(notes).toEqual([]);
    expect(equality!.largestDifference).toBeLessThanOrEqual(1e-5 * equality!.logitsRange);
    const weights = await initialWeights(run);
    for (const [name, tensor] of lifelikeTensors(narrowCifarNet)) expect(weights.get(name)).toEqual(tensor);
  });

  it('is compacted, certified and exported from its folder alone, under the names of the file', async () => {
    const file = await writeOnnx(folder, narrowCifarNet);
    const run = await newRun({ model: { onnx: './net.onnx' }, pruning: { rate: 0.3 } });
    const done = await trainRun(run, {
      batchWorkerScript: program.batchWorker,
      conclude: async (trained) => {
        await rm(file);
        await compactTrainedRun(trained, () => Promise.resolve({ latency: null, block: 8 }));
      },
    });
    expect(done).toBe('finished');
    const { certificate, warnings } = await readHistory(run);
    expect([certificate && isEqual(certificate), warnings]).toEqual([true, []]);
    const wanted = { version: '1.2.3', allowUnequal: false };
    const dense = await exportedNetwork(run, 'best', wanted);
    expect([...dense.tensors.keys()].sort()).toEqual([...lifelikeTensors(narrowCifarNet).keys()].sort());
    expect(dense.filters.zero).toBeGreaterThan(0);
    const compact = await exportedNetwork(run, 'compact', wanted);
    expect(compact.filters.all).toBeLessThan(dense.filters.all);
    // Checked in onnxruntime against our own computation; throws where they differ.
    const out = join(folder, 'small.onnx');
    const { files } = await prepareExport(compact, 'onnx', out);
    await writeFile(out, files[0]!.bytes);
    const { network } = await readNetwork(out, 'onnx', null);
    expect(network!.graph.layers.map(({ name }) => name)).toContain('stem.conv');
    expect(network!.tensors.get('stem.conv.weight')).toEqual(compact.tensors.get('stem.conv.weight'));
  });

  it('fails before it trains where the file has become another network, or is gone', async () => {
    await writeOnnx(folder, narrowCifarNet);
    const run = await newRun({ model: { onnx: './net.onnx' } });
    const layers = narrowCifarNet.layers.filter(({ kind }) => kind !== 'batchNorm');
    const without = layers.map((layer) => ({
      ...layer,
      inputs: layer.inputs.map((name) => name.replace('.bn', '.conv')),
    }));
    const file = await writeOnnx(folder, { ...narrowCifarNet, layers: without });
    expect(await train(run)).toBe('failed');
    expect((await readHistory(run)).manifest.error).toContain('is another one than when this run was made');
    await rm(file);
    expect(await train(run)).toBe('failed');
    expect((await readHistory(run)).manifest.error).toContain('There is no file');
  });

  it('may be trained anew', async () => {
    const file = await writeOnnx(folder, narrowCifarNet);
    const training = { ...smallConfig.training, epochs: 1, initialWeights: 'random' };
    const run = await newRun({ model: { onnx: file }, training });
    await rm(file);
    expect(await train(run)).toBe('finished');
    expect((await readHistory(run)).manifest.imported).toBeUndefined();
    expect((await initialWeights(run)).get('stem.bn.weight')!.data).toEqual(new Float32Array(7).fill(1));
  });
});

describe('a run of a network from TensorFlow.js', () => {
  it('begins with its weights, which nothing is compared with', async () => {
    await writeTfjs(folder, narrowCifarNet);
    const training = { ...smallConfig.training, epochs: 1 };
    const run = await newRun({ model: { tfjs: 'model.json' }, training });
    expect(await train(run)).toBe('finished');
    expect((await readHistory(run)).manifest.imported!.equality).toBeNull();
    const weights = await initialWeights(run);
    for (const [name, tensor] of lifelikeTensors(narrowCifarNet)) expect(weights.get(name)).toEqual(tensor);
  });
});
