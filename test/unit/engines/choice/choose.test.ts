import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseEngine, type ChooseOptions } from '../../../../src/engines/choice/choose';
import type { MeasuredRate } from '../../../../src/engines/choice/measuredRate';
import { Measurements } from '../../../../src/engines/choice/measurements';
import { buildNetwork } from '../../../../src/network/zoo';

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

/** Rates by the id of an engine, measured on a quiet machine if nothing else is said; one that is missing fails. */
function rates(
  byId: Readonly<Record<string, number>>,
  circumstances: Partial<MeasuredRate> = {},
): ChooseOptions & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    measure: ({ id }) => {
      asked.push(id);
      const rate = byId[id];
      if (rate === undefined) return Promise.reject(new Error('it has no heart'));
      const steady = { imagesPerSecond: rate, slowestRound: 0.9 * rate, fastestRound: 1.1 * rate, usedByOthers: 0.1 };
      return Promise.resolve({ ...steady, ...circumstances });
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

  it('takes the engine that a run was trained with before, unless it is gone or the config rules it out', async () => {
    await setUpTensorflow();
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    const again = await chooseEngine(onCpu, settings(), workload, { ...options, before: 'onnxruntime/cpu' });
    expect(again).toMatchObject({ id: 'onnxruntime/cpu', reason: 'The run was trained with it before.' });
    expect(options.asked).toEqual([]);
    const gone = await chooseEngine(onCpu, settings(), workload, { ...options, before: 'onnxruntime/webgpu' });
    expect(gone).toMatchObject({ id: 'onnxruntime/cpu', reason: expect.stringContaining('is the fastest') as string });
    const wish = { name: 'onnxruntime', device: 'cpu' } as const;
    const other = await chooseEngine(wish, settings(), workload, { ...options, before: 'tensorflow/cpu' });
    expect(other).toMatchObject({ id: 'onnxruntime/cpu', reason: 'The config asks for it.' });
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
    expect(kept.sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)).toMatchObject([
      { title: 'onnxruntime on the CPU', imagesPerSecond: 400, slowestRound: 360, usedByOthers: 0.1 },
      { title: 'tensorflow on the CPU', imagesPerSecond: 300, slowestRound: 270, usedByOthers: 0.1 },
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

  it.each([
    ['others used a third of the processors', { usedByOthers: 0.33 }],
    ['one round was much slower than another', { slowestRound: 300, fastestRound: 400 }],
  ])('uses what was measured while %s, but does not keep it', async (_, busy) => {
    await setUpTensorflow();
    const byId = { 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 };
    const disturbed = rates(byId, busy);
    const first = await chooseEngine(onCpu, settings(), workload, disturbed);
    expect(first.engine.description.name).toBe('onnxruntime');
    expect(first.reason).toBe(
      'Measured with resnet20 at batches of 128: onnxruntime on the CPU is the fastest here (onnxruntime on the CPU 400 images/s; tensorflow on the CPU 300 images/s). ' +
        'This was measured while the machine was busy, so it will be measured again: onnxruntime on the CPU and tensorflow on the CPU.',
    );
    expect((await Measurements.open(enginesFolder)).all).toEqual([]);
    const quiet = rates(byId);
    expect((await chooseEngine(onCpu, settings(), workload, quiet)).reason).not.toContain('busy');
    expect(quiet.asked).toEqual(['tensorflow/cpu', 'onnxruntime/cpu']);
    expect((await Measurements.open(enginesFolder)).all).toHaveLength(2);
  });

  it('measures only those again that were disturbed', async () => {
    await setUpTensorflow();
    const byId = { 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 };
    const [quiet, busy] = [rates(byId), rates(byId, { usedByOthers: 0.5 })];
    const mixed: ChooseOptions = {
      measure: (order, signal) => (order.id === 'tensorflow/cpu' ? busy : quiet).measure!(order, signal),
    };
    const { reason } = await chooseEngine(onCpu, settings(), workload, mixed);
    expect(reason).toMatch(/measured again: tensorflow on the CPU\.$/);
    const again = rates(byId);
    await chooseEngine(onCpu, settings(), workload, again);
    expect(again.asked).toEqual(['tensorflow/cpu']);
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
    await writeFile(path.join(enginesFolder, 'measurements.json'), '{ "formatVersion": 2, "byKey": { "x": 3 } }');
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    await chooseEngine(onCpu, settings(), workload, options);
    expect(options.asked).toHaveLength(2);
  });

  it('measures again what an earlier version kept, which does not tell whether the machine was busy', async () => {
    await setUpTensorflow();
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    await chooseEngine(onCpu, settings(), workload, options);
    const file = path.join(enginesFolder, 'measurements.json');
    const text = await readFile(file, 'utf8');
    const old = text.replace('"formatVersion": 2', '"formatVersion": 1').replace(/"(slowest|fastest)Round": .*,/g, '');
    await writeFile(file, old.replace(/"usedByOthers": .*,/g, '"problem": null,'));
    expect((await Measurements.open(enginesFolder)).all).toEqual([]);
    await chooseEngine(onCpu, settings(), workload, options);
    expect(options.asked).toHaveLength(4);
    expect((await Measurements.open(enginesFolder)).all).toHaveLength(2);
  });

  it('measures again what was forgotten', async () => {
    await setUpTensorflow();
    const options = rates({ 'tensorflow/cpu': 300, 'onnxruntime/cpu': 400 });
    await chooseEngine(onCpu, settings(), workload, options);
    expect(await (await Measurements.open(enginesFolder)).forget()).toBe(2);
    expect(await (await Measurements.open(enginesFolder)).forget()).toBe(0);
    await chooseEngine(onCpu, settings(), workload, options);
    expect(options.asked).toHaveLength(4);
  });
});
