import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseEngine, type ChooseOptions } from '../../../src/engines/choose';
import { Measurements } from '../../../src/engines/measurements';
import { buildNetwork } from '../../../src/network/zoo';

const workload = {
  graph: buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10),
  batchSize: 128,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 0 },
};
const onCpu = { name: 'auto', device: 'cpu' } as const;

let enginesFolder: string;
beforeEach(async () => {
  enginesFolder = await mkdtemp(path.join(tmpdir(), 'sfp-lab-engines-'));
});
afterEach(() => rm(enginesFolder, { recursive: true, force: true }));

const settings = () => ({ threads: 1, tf32: false, enginesFolder });

/** Looks set up, but nothing in it can be loaded. */
async function setUpTensorflow(): Promise<void> {
  const folder = path.join(enginesFolder, 'tensorflow-cpu');
  const binding = path.join(folder, 'node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8');
  await mkdir(binding, { recursive: true });
  await writeFile(path.join(binding, 'tfjs_binding.node'), 'no library');
  const record = {
    formatVersion: 1,
    package: '@tensorflow/tfjs-node',
    packageVersion: '4.22.0',
    tensorflowVersion: '2.21.0',
    source: 'wheel',
    installed: '2026-11-24T12:00:00Z',
  };
  await writeFile(path.join(folder, 'installation.json'), JSON.stringify(record));
}

/** Rates by the id of an engine; one that is missing fails. */
function rates(byId: Readonly<Record<string, number>>): ChooseOptions & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    measure: ({ id }) => {
      asked.push(id);
      const rate = byId[id];
      return rate === undefined ? Promise.reject(new Error('it has no heart')) : Promise.resolve(rate);
    },
  };
}

describe('chooseEngine', () => {
  it('measures nothing where only one engine is there', async () => {
    const options = rates({});
    const { engine, reason } = await chooseEngine(onCpu, settings(), workload, options);
    expect(engine.description.name).toBe('onnxruntime');
    expect(reason).toBe('The only engine set up here: onnxruntime on the CPU.');
    expect(options.asked).toEqual([]);
  });

  it('takes the fastest, says so, and remembers it', async () => {
    await setUpTensorflow();
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    const first = await chooseEngine(onCpu, settings(), workload, options);
    expect(first.engine.description.name).toBe('onnxruntime');
    expect(first.reason).toBe(
      'Measured with resnet20 at batches of 128: onnxruntime on the CPU is the fastest here (onnxruntime on the CPU 400 images/s; tensorflow on the CPU 300 images/s).',
    );
    const second = await chooseEngine(onCpu, settings(), workload, options);
    expect(second.reason).toBe(first.reason);
    expect(options.asked).toEqual(['tensorflow/cpu', 'onnxruntime/cpu']);
    const kept = (await Measurements.open(enginesFolder)).all;
    expect(kept.map(({ title, imagesPerSecond }) => [title, imagesPerSecond]).sort()).toEqual([
      ['onnxruntime on the CPU', 400],
      ['tensorflow on the CPU', 300],
    ]);
  });

  it('measures anew for another network, batch size or number of threads', async () => {
    await setUpTensorflow();
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    await chooseEngine(onCpu, settings(), workload, options);
    await chooseEngine(onCpu, settings(), { ...workload, batchSize: 64 }, options);
    await chooseEngine(onCpu, { ...settings(), threads: 2 }, workload, options);
    expect(options.asked).toHaveLength(6);
  });

  it('passes over an engine that fails, with its reason, and tries it again the next time', async () => {
    await setUpTensorflow();
    const options = rates({ 'onnxruntime/cpu': 400 });
    const { engine, reason } = await chooseEngine(onCpu, settings(), workload, options);
    expect(engine.description.name).toBe('onnxruntime');
    expect(reason).toContain('tensorflow on the CPU failed: it has no heart');
    await chooseEngine(onCpu, settings(), workload, options);
    expect(options.asked).toEqual(['tensorflow/cpu', 'onnxruntime/cpu', 'tensorflow/cpu']);
  });

  it('says what is missing and what to do when the engine of the config is not there', async () => {
    const wish = { name: 'tensorflow', device: 'auto' } as const;
    await expect(chooseEngine(wish, settings(), workload)).rejects.toThrow(
      /engine\.name "tensorflow".*not there.*sfp engines setup.*engine\.name to "auto"/,
    );
  });

  it('says so when the engine of the config cannot be loaded, and does not take another', async () => {
    await setUpTensorflow();
    const wish = { name: 'tensorflow', device: 'cpu' } as const;
    await expect(chooseEngine(wish, settings(), workload)).rejects.toThrow(
      /cannot be loaded.*sfp engines setup --force/,
    );
  });

  it('takes measurements that are damaged for none', async () => {
    await setUpTensorflow();
    await writeFile(path.join(enginesFolder, 'measurements.json'), '{ "formatVersion": 1, "byKey": { "x": 3 } }');
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    await chooseEngine(onCpu, settings(), workload, options);
    expect(options.asked).toHaveLength(2);
  });
});
