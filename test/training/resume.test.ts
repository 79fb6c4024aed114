import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDataset } from '../../src/data/sets/datasets';
import { fileNames, type RunManifest } from '../../src/runs/model/format';
import type { RunHistory } from '../../src/runs/model/history';
import { readHistory } from '../../src/runs/folder/reader';
import { readyToResume } from '../../src/runs/control/resume';
import { LockFiles } from '../../src/runs/lock/lockFiles';
import { releaseLocks, RunLock } from '../../src/runs/lock/runLock';
import { StopRequested } from '../../src/runs/control/stopRequest';
import type { Outcome } from '../../src/runs/control/exitCodes';
import { trainRun } from '../../src/training/run/trainRun';
import { buildProgram, runScript, type BuiltProgram } from '../fixtures/builtProgram';
import { outlineOf as outlineOfRun, type RunOutline } from '../fixtures/runOutline';
import { createSmallRun, smallConfig } from '../fixtures/smallRun';

/** A run that is broken off and goes on has to be the run that was never broken off, to the last bit. */

const threeEpochs = { training: { ...smallConfig.training, epochs: 3 } };

let program: BuiltProgram;
let runs: string;
let whole: RunOutline;
let wholeFolder: string;

beforeAll(async () => {
  await ensureDataset('cifar10');
  program = await buildProgram();
  runs = await mkdtemp(join(tmpdir(), 'sfp-lab-resume-'));
  wholeFolder = await createSmallRun(runs, threeEpochs, 'whole');
  expect(await train(wholeFolder)).toBe('finished');
  whole = await outlineOf(wholeFolder);
});
afterAll(() => rm(runs, { recursive: true, force: true }));

const train = (folder: string, signal?: AbortSignal): Promise<Outcome> =>
  trainRun(folder, { batchWorkerScript: program.batchWorker, ...(signal && { signal }) });

const outlineOf = (folder: string): Promise<RunOutline> => outlineOfRun(folder, 2);

/** As who starts a trainer in a process of its own does, but for the lock, which is this process's. */
async function makeReady(folder: string): Promise<void> {
  const { locks } = await readyToResume([folder]);
  expect((await readHistory(folder)).status).toBe('created');
  await releaseLocks(locks);
}

async function resume(folder: string): Promise<RunHistory> {
  await makeReady(folder);
  expect(await train(folder)).toBe('finished');
  return readHistory(folder);
}

/** Waits until the checkpoint of an epoch is there. */
async function epochSaved(folder: string, epoch: number): Promise<void> {
  const name = `epoch-000${epoch}`;
  while (!(await readdir(join(folder, 'checkpoints'))).includes(name)) await sleep(10);
}

/** A run that was stopped in the middle of its second epoch. */
async function stoppedRun(name: string): Promise<string> {
  const folder = await createSmallRun(runs, threeEpochs, name);
  const stop = new AbortController();
  const outcome = train(folder, stop.signal);
  await epochSaved(folder, 0);
  stop.abort(new StopRequested('by the test'));
  expect(await outcome).toBe('stopped');
  return folder;
}

async function editManifest(folder: string, edit: (manifest: RunManifest) => RunManifest): Promise<void> {
  const file = join(folder, fileNames.run);
  await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, 'utf8')) as RunManifest)));
}

describe('a run that goes on', () => {
  it('after a stop within an epoch is the run without a break', async () => {
    const folder = await stoppedRun('stopped');
    const [newest] = (await readdir(join(folder, 'checkpoints'))).filter((name) => name.startsWith('epoch-0001'));
    expect(newest).toMatch(/^epoch-0001-step-0000\d$/);
    const { started, warnings, manifest } = await resume(folder);
    expect(started?.from).toEqual({ epoch: 1, step: Number(newest?.slice(-1)) });
    expect(warnings).toEqual([]);
    expect(manifest.engine?.reason).toBe('The run was trained with it before.');
    expect(await outlineOf(folder)).toEqual(whole);
  });

  it('after its trainer was killed is the run without a break, and counts all its time', async () => {
    const folder = await createSmallRun(runs, threeEpochs, 'killed');
    const ended = runScript(program.trainer, [folder]);
    await epochSaved(folder, 1);
    process.kill((await readHistory(folder)).manifest.process?.pid ?? 0, 'SIGKILL');
    await ended;
    const lost = await readHistory(folder);
    expect(lost.status).toBe('lost');
    const { started, manifest } = await resume(folder);
    expect(started?.from).toEqual({ epoch: 2, step: 0 });
    expect(await outlineOf(folder)).toEqual(whole);
    const earlier = lost.epochs.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(manifest.summary?.seconds).toBeGreaterThan(earlier);
  });

  it('several times, once before anything was saved, is the run without a break', async () => {
    const folder = await createSmallRun(runs, threeEpochs, 'several');
    await writeFile(join(folder, fileNames.stopRequest), '');
    expect(await train(folder)).toBe('stopped');
    for (const epoch of [0, 1]) {
      await makeReady(folder);
      const stop = new AbortController();
      const outcome = train(folder, stop.signal);
      await epochSaved(folder, epoch);
      stop.abort(new StopRequested('by the test'));
      expect(await outcome).toBe('stopped');
    }
    await resume(folder);
    expect(await outlineOf(folder)).toEqual(whole);
    expect((await readdir(join(folder, 'checkpoints'))).length).toBeLessThanOrEqual(4);
  });

  it('passes over a damaged checkpoint, and says so', async () => {
    const folder = await stoppedRun('damaged');
    const [newest] = (await readdir(join(folder, 'checkpoints'))).filter((name) => name.startsWith('epoch-0001'));
    await writeFile(join(folder, 'checkpoints', newest ?? '', 'weights.safetensors'), 'spoilt');
    const { started, warnings } = await resume(folder);
    expect(started?.from).toEqual({ epoch: 1, step: 0 });
    expect(warnings).toEqual([expect.stringMatching(/epoch-0001-step.* is damaged.*It is passed over\.$/)]);
    expect(await outlineOf(folder)).toEqual(whole);
  });

  it('begins anew where no checkpoint is left', async () => {
    const folder = await stoppedRun('emptied');
    for (const name of await readdir(join(folder, 'checkpoints')))
      await rm(join(folder, 'checkpoints', name), { recursive: true });
    const { started } = await resume(folder);
    expect(started).not.toHaveProperty('from');
    expect(await outlineOf(folder)).toEqual(whole);
  });

  it('with another engine than before says so', async () => {
    const folder = await stoppedRun('moved');
    await editManifest(folder, (manifest) => ({
      ...manifest,
      engine: manifest.engine && { ...manifest.engine, device: 'CPU (64 threads)' },
    }));
    const { warnings } = await resume(folder);
    expect(warnings).toEqual([
      expect.stringMatching(
        /trained otherwise: device CPU \(64 threads\), now CPU.*not those of a run without a break/,
      ),
    ]);
  });

  it('does not exist when it is finished, in work, or trained by another process', async () => {
    const folder = await createSmallRun(runs, { ...threeEpochs, data: { limit: 64, validation: 0 } }, 'refused');
    const lock = await RunLock.take(folder);
    await expect(readyToResume([folder])).rejects.toThrow('still waiting for its turn');
    await expect(train(folder)).rejects.toThrow(`being trained already, by process ${process.pid} on`);
    await lock.release();
    await expect(readyToResume([wholeFolder])).rejects.toThrow('is finished');
    await expect(train(wholeFolder)).rejects.toThrow('is finished');
  });

  it('does not exist where a trainer of an older version, which has no lock, is at work', async () => {
    const folder = await createSmallRun(runs, { ...threeEpochs, data: { limit: 64, validation: 0 } }, 'older');
    const { pid } = process;
    await editManifest(folder, (manifest) => ({ ...manifest, status: 'running', process: { pid, host: hostname() } }));
    await expect(readyToResume([folder])).rejects.toThrow('still training');
    await expect(train(folder)).rejects.toThrow(`being trained already, by process ${pid}`);
  });

  it.skipIf(process.platform === 'win32')('somewhere else while its trainer is suspended has one writer', async () => {
    const folder = await createSmallRun(runs, { training: { ...smallConfig.training, epochs: 50 } }, 'suspended');
    const ended = runScript(program.trainer, [folder]);
    await epochSaved(folder, 0);
    const pid = (await readHistory(folder)).manifest.process!.pid;
    process.kill(pid, 'SIGSTOP');
    const files = new LockFiles(folder);
    const { number, holder } = (await files.newest())!;
    await files.make(number + 1, { ...holder!, pid: 7, host: 'node7' });
    const before = await contentOf(folder);
    process.kill(pid, 'SIGCONT');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /was taken over by process 7 on node7 while this process was suspended.*nothing more to it\.\n$/,
    );
    expect(await contentOf(folder)).toEqual(before);
  });
});

/** All that a trainer writes, but for a checkpoint that it had begun. */
async function contentOf(folder: string): Promise<object> {
  const { epochs, prunings, manifest } = await readHistory(folder);
  const checkpoints = (await readdir(join(folder, 'checkpoints'))).filter((name) => !name.endsWith('.partial'));
  const events = await readFile(join(folder, fileNames.events), 'utf8');
  return { epochs, prunings, manifest, checkpoints, events };
}
