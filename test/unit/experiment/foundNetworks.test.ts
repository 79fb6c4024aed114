import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readExperiment, readExperimentIn } from '../../../src/experiment/read';
import { compactResNet, narrowCifarNet } from '../../fixtures/compactNetwork';
import { writeOnnx, writeTfjs } from '../../fixtures/networkFiles';
import { temporaryFolder } from '../../fixtures/temporaryFolder';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
});

async function problemsOf(config: object) {
  const { problems } = await readExperimentIn(folder, JSON.stringify(config, null, 1), 'net');
  return problems.map(({ path, message }) => [path.join('.'), message] as const);
}

describe('a config with a network from a file', () => {
  it('trains that network, by its path from the config', async () => {
    await writeOnnx(folder, narrowCifarNet);
    const { experiment, problems } = await readExperimentIn(folder, '{"model":{"onnx":"./net.onnx"}}', 'run');
    expect(problems).toEqual([]);
    const [{ graph, config, dataset }] = experiment!.runs;
    expect([graph.name, config.model.onnx, dataset.name]).toEqual(['net', './net.onnx', 'cifar10']);
    expect(graph.layers.slice(1)).toEqual(
      narrowCifarNet.layers.slice(1).map((layer) => ({
        ...layer,
        inputs: layer.inputs.map((name) => (name === 'input' ? 'images' : name)),
      })),
    );
  });

  it('may come from TensorFlow.js, and a sweep over several', async () => {
    await writeOnnx(folder, narrowCifarNet);
    await writeTfjs(folder, narrowCifarNet);
    const tfjs = await readExperimentIn(folder, '{"model":{"tfjs":"model.json"}}', 'run');
    expect(tfjs.experiment!.runs[0].graph.name).toBe('model');
    const absolute = join(folder, 'net.onnx');
    const sweep = { sweep: { 'model.onnx': ['net.onnx', absolute], 'training.seed': [1, 2] } };
    const { experiment } = await readExperimentIn(folder, JSON.stringify(sweep), 'run');
    expect(experiment!.runs.map(({ graph }) => graph.name)).toEqual(['net', 'net', 'net', 'net']);
  });

  it('is told where it is not there, damaged, or not for the data, at its place', async () => {
    expect(await problemsOf({ model: { onnx: 'net.onnx' } })).toEqual([
      ['model.onnx', expect.stringContaining('There is no file')],
    ]);
    await writeFile(join(folder, 'net.onnx'), 'nothing');
    expect(await problemsOf({ model: { onnx: 'net.onnx' } })).toEqual([
      ['model.onnx', expect.stringContaining('is not a whole ONNX file')],
    ]);
    await writeOnnx(folder, compactResNet);
    expect(await problemsOf({ model: { onnx: 'net.onnx' } })).toEqual([
      ['model.onnx', expect.stringContaining('net reads images of 3 x 8 x 8, but those of CIFAR-10 are 3 x 32 x 32')],
    ]);
    const layers = narrowCifarNet.layers.map((layer) => (layer.kind === 'linear' ? { ...layer, units: 7 } : layer));
    await writeOnnx(folder, { ...narrowCifarNet, layers });
    expect(await problemsOf({ sweep: { 'model.onnx': ['net.onnx'] } })).toEqual([
      ['sweep.model.onnx.0', expect.stringContaining('net tells 7 classes apart, but CIFAR-10 has 10')],
    ]);
  });

  it('says that a run has one network', async () => {
    await writeOnnx(folder, narrowCifarNet);
    expect(await problemsOf({ model: { arch: 'resnet20', onnx: 'net.onnx' } })).toEqual([
      ['model.arch', expect.stringContaining('has both arch and onnx')],
    ]);
    expect(await problemsOf({ model: { tfjs: 'model.json', onnx: 'net.onnx' } })).toEqual([
      ['model.tfjs', expect.stringContaining('has both tfjs and onnx')],
    ]);
  });

  it('is a problem for who reads no files', () => {
    const { problems } = readExperiment('{"model":{"onnx":"net.onnx"}}', 'run');
    expect(problems.map(({ message }) => message)).toEqual(['Nobody has read net.onnx yet.']);
  });
});
