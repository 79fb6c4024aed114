import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadExperiment } from '../../src/experiment/load';
import { createRuns } from '../../src/runs/folder/create';
import { readManifest } from '../../src/runs/folder/manifest';
import { readHistory } from '../../src/runs/folder/reader';
import { runNetwork } from '../../src/runs/folder/runNetwork';
import { readyToResume } from '../../src/runs/control/resume';
import { StopRequested } from '../../src/runs/control/stopRequest';
import { releaseLocks } from '../../src/runs/lock/runLock';
import type { Outcome } from '../../src/runs/control/exitCodes';
import { trainRun } from '../../src/training/run/trainRun';
import { smallArrays, writeNpz } from '../fixtures/arrays';
import { buildProgram, type BuiltProgram } from '../fixtures/builtProgram';
import { outlineOf } from '../fixtures/runOutline';

/** From the config of somebody with arrays of their own to a run that was broken off and goes on. */

let program: BuiltProgram;
let folder: string;
const epochs = 3;

beforeAll(async () => {
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-arrays-'));
  writeNpz(smallArrays(), 6, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const train = (run: string, signal?: AbortSignal): Promise<Outcome> =>
  trainRun(run, { batchWorkerScript: program.batchWorker, ...(signal && { signal }) });

async function created(name: string, data: object = {}): Promise<string> {
  const configFile = join(folder, `${name}.sfp.json`);
  const config = {
    data: { arrays: './set.npz', classNames: ['right', 'left'], ...data },
    training: { epochs, batchSize: 16, learningRateSchedule: [], optimizer: { learningRate: 0.02 } },
    engine: { name: 'onnxruntime', device: 'cpu' },
  };
  await writeFile(configFile, JSON.stringify(config));
  const experiment = await loadExperiment(configFile);
  const [run] = await createRuns(join(folder, 'runs'), { experiment, configFile, versions: {} });
  return run.folder;
}

it('arrays are trained on, and a run that was stopped goes on as if it had not been', async () => {
  const whole = await created('whole');
  expect(await train(whole)).toBe('finished');
  const { started, manifest } = await readHistory(whole);
  expect(started?.images).toEqual({ training: 144, validation: 16, test: 40 });
  expect(manifest.data).toMatchObject({ classes: ['right', 'left'], shape: { channels: 3, height: 12, width: 12 } });
  expect(manifest.summary?.test?.accuracy).toBeGreaterThan(0.8);

  const stopped = await created('stopped');
  const stop = new AbortController();
  const outcome = train(stopped, stop.signal);
  while (!(await readdir(join(stopped, 'checkpoints'))).includes('epoch-0000')) await sleep(5);
  stop.abort(new StopRequested('by the test'));
  expect(await outcome).toBe('stopped');
  await makeReady(stopped);
  expect(await train(stopped)).toBe('finished');
  expect(await outlineOf(stopped, epochs - 1)).toEqual(await outlineOf(whole, epochs - 1));
});

it('a run can be read where its arrays are not, and does not go on with others', async () => {
  const run = await created('moved', { validation: 32 });
  writeNpz(smallArrays(168), 6, folder);
  const { dataset, graph } = await runNetwork(run, await readManifest(run));
  expect(dataset).toMatchObject({ title: 'set.npz', trainingCount: 160 });
  expect(graph.layers.at(-1)).toMatchObject({ units: 2 });
  expect(await train(run)).toBe('failed');
  expect((await readManifest(run)).error).toMatch(
    /set\.npz are no longer those that this run began with .*start a new run/,
  );
});

async function makeReady(run: string): Promise<void> {
  const { locks } = await readyToResume([run]);
  await releaseLocks(locks);
}
