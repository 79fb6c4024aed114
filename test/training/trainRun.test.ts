import { readFile, rm, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { initialState } from '../../src/network/initialState';
import { buildNetwork } from '../../src/network/zoo';
import { fileNames, type RunEvent } from '../../src/runs/model/format';
import type { RunHistory } from '../../src/runs/model/history';
import { readHistory, RunReader } from '../../src/runs/folder/reader';
import { watchRun } from '../../src/runs/folder/watch';
import { readCheckpoint, readCheckpointWeights } from '../../src/runs/checkpoints/checkpoints';
import type { Outcome } from '../../src/runs/control/exitCodes';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, runScript, type BuiltProgram } from '../fixtures/builtProgram';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

let program: BuiltProgram;
let runs: string;

beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
  runs = await mkdtemp(join(tmpdir(), 'sfp-lab-runs-'));
});
afterAll(() => rm(runs, { recursive: true, force: true }));

const train = (folder: string): Promise<Outcome> => trainRun(folder, { batchWorkerScript: program.batchWorker });

async function eventsOf(folder: string): Promise<readonly RunEvent[]> {
  return (await (await RunReader.open(folder)).read()).events;
}

/** Events without what depends on the clock. */
async function timelessEventsOf(folder: string): Promise<object[]> {
  return (await eventsOf(folder))
    .filter(({ type }) => type !== 'progress' && type !== 'preparing')
    .map((event) => ({ ...event, time: '', seconds: 0, imagesPerSecond: 0 }));
}

describe('a run of two epochs', () => {
  let folder: string;
  let outcome: Outcome;
  let history: RunHistory;

  beforeAll(async () => {
    folder = await createSmallRun(runs);
    outcome = await train(folder);
    history = await readHistory(folder);
  });

  it('finishes and sums itself up', () => {
    expect(outcome).toBe('finished');
    expect(history.status).toBe('finished');
    expect(history.manifest).toMatchObject({ error: null, summary: { epochs: 2 } });
    expect(history.manifest.engine).toMatchObject({
      name: 'onnxruntime',
      operators: expect.stringMatching(/ operators/) as string,
    });
    expect(history.started?.images).toEqual({ training: 512, validation: 256, test: 512 });
    expect(history.started?.stepsPerEpoch).toBe(8);
  });

  it('tells its events in the order of the algorithm', async () => {
    const told = (await eventsOf(folder))
      .filter(({ type }) => type !== 'progress' && type !== 'preparing')
      .map((event) => ('epoch' in event ? `${event.type} ${event.epoch}` : event.type));
    expect(told).toEqual([
      ...['started', 'pruned -1'],
      ...['pruned 0', 'epoch 0', 'checkpoint 0'],
      ...['pruned 1', 'epoch 1', 'checkpoint 1'],
      'finished',
    ]);
  });

  it('prunes floor(30 %) of the filters of every layer, every time', () => {
    const expected = new Map([
      [16, 4],
      [32, 9],
      [64, 19],
    ]);
    expect(history.prunings).toHaveLength(3);
    for (const { record } of history.prunings) {
      expect(record?.layers).toHaveLength(19);
      for (const { mask } of record?.layers ?? [])
        expect(mask.filter((kept) => kept === 0).length).toBe(expected.get(mask.length));
    }
  });

  it('prunes softly: filters come back', () => {
    const returned = history.prunings.slice(1).flatMap(({ event }) => event.layers.map((layer) => layer.returned));
    expect(returned.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  });

  it('saves a network whose pruned filters are exactly zero, with momenta left alone', async () => {
    const { manifest, state } = await readCheckpoint(join(folder, 'checkpoints', 'epoch-0001'));
    expect(manifest).toMatchObject({ epoch: 1, step: null, pruned: true });
    const isZero = (values: Float32Array | undefined, filter: number, filters: number): boolean => {
      const size = (values?.length ?? 0) / filters;
      return values?.subarray(filter * size, (filter + 1) * size).every((value) => value === 0) ?? false;
    };
    let movingPruned = 0;
    for (const { name, mask } of history.prunings.at(-1)?.record?.layers ?? []) {
      const weights = state.parameters.get(`${name}.weight`)?.data;
      const momenta = state.momenta.get(`${name}.weight`)?.data;
      for (const [filter, kept] of mask.entries()) {
        expect(isZero(weights, filter, mask.length)).toBe(kept === 0);
        if (kept === 0 && !isZero(momenta, filter, mask.length)) movingPruned += 1;
      }
    }
    expect(movingPruned).toBeGreaterThan(0);
  });

  it('keeps the weights it started from, not pruned yet, and tells the first losses one by one', async () => {
    const weights = await readCheckpointWeights(join(folder, 'checkpoints', 'initial'));
    const { parameters, statistics } = initialState(
      buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10),
      1,
    );
    expect(weights).toEqual(new Map([...parameters, ...statistics]));
    const [first, second] = history.epochs;
    expect(first?.firstLosses).toHaveLength(8);
    const mean = (first?.firstLosses ?? []).reduce((sum, loss) => sum + loss, 0) / 8;
    expect(mean).toBeCloseTo(first?.training.loss ?? NaN, 12);
    expect(second).not.toHaveProperty('firstLosses');
  });

  it('chooses the network by its validation accuracy after pruning', () => {
    const best = Math.max(...history.epochs.map(({ after }) => after?.accuracy ?? 0));
    expect(history.manifest.summary?.validation?.accuracy).toBe(best);
  });

  it('is the same to the last bit when it is done again, in a process of its own', async () => {
    const again = await createSmallRun(runs);
    expect(await runScript(program.trainer, [again])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await timelessEventsOf(again)).toEqual(await timelessEventsOf(folder));
    for (const file of ['layers.bin', 'checkpoints/epoch-0001/weights.safetensors']) {
      const [first, second] = await Promise.all([folder, again].map((run) => readFile(join(run, file))));
      expect(second?.equals(first ?? Buffer.of())).toBe(true);
    }
  });
});

describe('a run with another seed', () => {
  it('takes another course: it starts from other weights, and sees the images in another order', async () => {
    const data = { limit: 128, validation: 64 };
    const trained = async (seed: number, initialWeights: string | null = null) => {
      const training = { ...smallConfig.training, epochs: 1, seed, initialWeights };
      const folder = await createSmallRun(runs, { data, training });
      expect(await train(folder)).toBe('finished');
      const weights = await readCheckpointWeights(join(folder, 'checkpoints', 'initial'));
      return { folder, weights, losses: (await readHistory(folder)).epochs[0]?.firstLosses };
    };
    const one = await trained(1);
    const other = await trained(2);
    expect(other.weights).not.toEqual(one.weights);
    expect(other.losses).toHaveLength(2);
    expect(other.losses).not.toEqual(one.losses);

    const start = join(one.folder, 'checkpoints', 'initial', 'weights.safetensors');
    const otherOrder = await trained(2, start);
    expect(otherOrder.weights).toEqual(one.weights);
    expect(otherOrder.losses).not.toEqual(one.losses);
  });
});

describe('a run without a validation part', () => {
  it('has its network evaluated once, and tests the last', async () => {
    const folder = await createSmallRun(runs, { data: { limit: 128, validation: 0 } });
    expect(await train(folder)).toBe('finished');
    const { epochs, manifest } = await readHistory(folder);
    expect(epochs.map(({ before, after }) => [before, after])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(manifest.summary).toMatchObject({ validation: null, test: { accuracy: expect.any(Number) as number } });
    const checkpoints = (await eventsOf(folder)).flatMap((event) =>
      event.type === 'checkpoint' ? [[event.epoch, event.best]] : [],
    );
    expect(checkpoints).toEqual([
      [0, false],
      [1, true],
    ]);
  });
});

describe('a run on images in their own order', () => {
  it('holds none out and starts with the first images of the data set', async () => {
    const training = { ...smallConfig.training, epochs: 1 };
    const data = { limit: 128, shuffle: false, augment: 'none' as const };
    const [some, more] = [
      await createSmallRun(runs, { data, training }),
      await createSmallRun(runs, { data: { ...data, limit: 192 }, training }),
    ];
    for (const folder of [some, more]) expect(await train(folder)).toBe('finished');
    const [ofSome, ofMore] = await Promise.all([some, more].map(readHistory));
    expect(ofSome?.started?.images).toMatchObject({ training: 128, validation: 0 });
    expect(ofSome?.manifest.config.data.validation).toBe(0);
    expect(ofMore?.epochs[0]?.firstLosses?.slice(0, 2)).toEqual(ofSome?.epochs[0]?.firstLosses);
  });
});

describe('a run that prunes every other epoch', () => {
  it('is evaluated once in the epochs between, and always pruned after the last', async () => {
    const training = { ...smallConfig.training, epochs: 4 };
    const data = { limit: 64, validation: 64 };
    const folder = await createSmallRun(runs, { data, training, pruning: { everyEpochs: 2 } });
    expect(await train(folder)).toBe('finished');
    const { epochs, prunings } = await readHistory(folder);
    expect(prunings.map(({ event }) => event.epoch)).toEqual([-1, 0, 2, 3]);
    expect(epochs.map(({ before, after }) => [before !== null, after !== null])).toEqual([
      [true, true],
      [true, false],
      [true, true],
      [true, true],
    ]);
  });
});

/** Runs that would go on for hours. */
const endless = { data: { limit: 512, validation: 64 }, training: { ...smallConfig.training, epochs: 1000 } };

/** Resolves at the first step of a run. */
function firstStep(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watching = watchRun(folder, ({ events }) => {
      if (!events.some(({ type }) => type === 'progress')) return;
      watching.dispose();
      resolve();
    });
  });
}

async function expectStopped(folder: string): Promise<void> {
  const history = await readHistory(folder);
  expect(history.status).toBe('stopped');
  const [checkpoint, stopped] = (await eventsOf(folder)).slice(-2);
  expect(stopped).toMatchObject({ type: 'stopped', message: expect.stringContaining('Stopped on request') as string });
  expect(checkpoint).toMatchObject({ type: 'checkpoint', best: false });
  const { manifest } = await readCheckpoint(join(folder, (checkpoint as { folder: string }).folder));
  expect(manifest.step).toBeGreaterThan(0);
}

describe('a run that is stopped', () => {
  it('by its request file finishes its step and saves a checkpoint', async () => {
    const folder = await createSmallRun(runs, endless);
    const outcome = train(folder);
    await firstStep(folder);
    await writeFile(join(folder, fileNames.stopRequest), '');
    expect(await outcome).toBe('stopped');
    await expectStopped(folder);
  });

  it('by SIGTERM does the same and exits with 130', async () => {
    const folder = await createSmallRun(runs, endless);
    const killed = new AbortController();
    const ended = runScript(program.trainer, [folder], { kill: killed.signal });
    await firstStep(folder);
    killed.abort();
    expect((await ended).code).toBe(130);
    await expectStopped(folder);
  });
});

describe('a run that fails', () => {
  it('by an absurd learning rate says so in a sentence, with where and what to try', async () => {
    const training = { ...smallConfig.training, optimizer: { learningRate: 1e6 } };
    const folder = await createSmallRun(runs, { training });
    expect(await train(folder)).toBe('failed');
    const { manifest, outcome } = await readHistory(folder);
    expect(manifest.status).toBe('failed');
    expect(manifest.error).toMatch(
      /^Training diverged in epoch \d, step \d+, at learning rate 1000000: .*loss.*; try a learning rate ten times smaller/,
    );
    expect(outcome).toMatchObject({ type: 'failed', message: manifest.error });
    expect(await readFile(join(folder, fileNames.log), 'utf8')).toMatch(/^ +at /m);
  });

  it('for want of images names the settings to change', async () => {
    const folder = await createSmallRun(runs, { data: { limit: 32 } });
    expect(await train(folder)).toBe('failed');
    expect((await readHistory(folder)).manifest.error).toMatch(/32 training images.*one batch of 64.*data\.limit/);
  });

  it('because its folder is deleted ends without bringing the folder back', async () => {
    const folder = await createSmallRun(runs, endless);
    const ended = runScript(program.trainer, [folder]);
    await firstStep(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('it may have been moved or deleted');
    await expect(readHistory(folder)).rejects.toThrow('is not a run folder');
  });
});
