import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { measureSensitivity } from '../../src/analysis/sensitivity/measureSensitivity';
import { taskOfRun } from '../../src/analysis/sensitivity/task';
import { loadExperiment } from '../../src/experiment/load';
import { readyToResume } from '../../src/runs/control/resume';
import { StopRequested } from '../../src/runs/control/stopRequest';
import { createRuns } from '../../src/runs/folder/create';
import { readManifest } from '../../src/runs/folder/manifest';
import { readHistory } from '../../src/runs/folder/reader';
import { releaseLocks } from '../../src/runs/lock/runLock';
import type { Outcome } from '../../src/runs/control/exitCodes';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, type BuiltProgram } from '../fixtures/builtProgram';
import { twoClasses, writePictures } from '../fixtures/pictures';
import { outlineOf } from '../fixtures/runOutline';

/** From a folder of pictures to a run that was broken off and goes on. */

let program: BuiltProgram;
let folder: string;
const epochs = 3;

beforeAll(async () => {
  program = await buildProgram();
  folder = await mkdtemp(join(tmpdir(), 'sfp-lab-pictures-'));
  process.env.SFP_LAB_CACHE = join(folder, 'cache');
  const files = { ...(await twoClasses({ dark: 60, light: 40 })), ...(await twoClasses({ dark: 9, light: 7 }, 'val')) };
  const broken = Buffer.from('no picture');
  writePictures(
    { ...files, 'train/light/broken.jpg': broken, 'val/light/broken.png': broken },
    join(folder, 'pictures'),
  );
});
afterAll(async () => {
  delete process.env.SFP_LAB_CACHE;
  await rm(folder, { recursive: true, force: true });
});

const train = (run: string, signal?: AbortSignal): Promise<Outcome> =>
  trainRun(run, { batchWorkerScript: program.batchWorker, ...(signal && { signal }) });

async function created(name: string, data: object): Promise<string> {
  const configFile = join(folder, `${name}.sfp.json`);
  const config = {
    data: { folder: './pictures', size: 16, ...data },
    training: { epochs, batchSize: 16, learningRateSchedule: [], optimizer: { learningRate: 0.02 } },
    engine: { name: 'onnxruntime', device: 'cpu' },
  };
  await writeFile(configFile, JSON.stringify(config));
  const experiment = await loadExperiment(configFile);
  const [run] = await createRuns(join(folder, 'runs'), { experiment, configFile, versions: {} });
  return run.folder;
}

it('broken pictures end a run with their names, unless they are to be skipped', async () => {
  const run = await created('strict', {});
  expect(await train(run)).toBe('failed');
  expect((await readManifest(run)).error).toMatch(
    /2 can’t be decoded: train\/light\/broken\.jpg \(.*\), val\/light\/broken\.png \(.*\): mend or delete them/,
  );
});

it('a folder is trained on, and a run that was stopped goes on as if it had not been, stored or not', async () => {
  const whole = await created('whole', { skipBroken: true });
  expect(await train(whole)).toBe('finished');
  const { started, manifest } = await readHistory(whole);
  expect(manifest.data).toMatchObject({ classes: ['dark', 'light'], shape: { channels: 3, height: 16, width: 16 } });
  // A tenth of each class is the test part; two pictures are broken.
  const { training, validation, test } = started!.images;
  expect([training + test, validation]).toEqual([100, 16]);

  const stopped = await created('stopped', { skipBroken: true, cacheGigabytes: 0 });
  const stop = new AbortController();
  const outcome = train(stopped, stop.signal);
  while (!(await readdir(join(stopped, 'checkpoints'))).includes('epoch-0000')) await sleep(5);
  stop.abort(new StopRequested('by the test'));
  expect(await outcome).toBe('stopped');
  const { locks } = await readyToResume([stopped]);
  await releaseLocks(locks);
  expect(await train(stopped)).toBe('finished');
  expect(await outlineOf(stopped, epochs - 1)).toEqual(await outlineOf(whole, epochs - 1));
});

it('sensitivity leaves pictures out that are skipped', async () => {
  const run = await created('measured', { skipBroken: true, limit: 32 });
  expect(await train(run)).toBe('finished');
  const task = await taskOfRun(run, 'best');
  const options = {
    signal: new AbortController().signal,
    batchWorkerScript: program.batchWorker,
    onPreparing: () => undefined,
    onNote: () => undefined,
    onPool: () => undefined,
  };
  const measured = await measureSensitivity(task, { rates: [0.5], images: 100 }, options);
  expect([measured.subject.images, measured.pools.length]).toEqual([16, measured.poolCount]);
  expect(await measureSensitivity(task, { rates: [0.5], images: 100 }, options)).toEqual(measured);
});
