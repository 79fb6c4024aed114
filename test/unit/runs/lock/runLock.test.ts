import { spawn, spawnSync } from 'node:child_process';
import { access, cp, mkdir, readFile, readdir, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { processSpace, thisProcess } from '../../../../src/base/processes';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { readShown } from '../../../../src/runs/folder/status';
import { LockFiles } from '../../../../src/runs/lock/lockFiles';
import { thisHolder, type Holder } from '../../../../src/runs/lock/holder';
import { lockState, RunLock } from '../../../../src/runs/lock/runLock';
import { fileNames } from '../../../../src/runs/model/format';
import { buildFixture } from '../../../fixtures/builtProgram';
import { freePid } from '../../../fixtures/freePid';
import { startResumers } from '../../../fixtures/resumers';
import { newRunFolder, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const isLinux = process.platform === 'linux';
const quick = { beatMilliseconds: 20, silenceMilliseconds: 1000, makingMilliseconds: 500, watchMilliseconds: 100 };
const refusal = (pid: number) => `is being trained already, by process ${pid} on ${hostname()}; stop it there first.`;

async function taken(folder: string, pace = quick): Promise<RunLock> {
  const lock = await RunLock.take(folder, pace);
  onTestFinished(() => lock.release());
  return lock;
}

/** As if another process had taken the lock of a run, the one of this number. */
async function heldBy(folder: string, holder: Partial<Holder>, number = 1): Promise<void> {
  await new LockFiles(folder).make(number, { ...(await thisHolder()), ...holder });
}

/** A process of another machine, or of another container on this one. */
const elsewhere = { pid: 7, host: hostname(), space: 'elsewhere', started: 'once' };

async function lastHeard(folder: string, millisecondsAgo: number, number = 1): Promise<void> {
  const then = new Date(Date.now() - millisecondsAgo);
  await utimes(join(folder, fileNames.lock, String(number)), then, then);
}

describe('the lock of a run', () => {
  test('is one process’s at a time, and the next one’s when it was given back', async () => {
    const folder = await newRunFolder();
    expect(await lockState(folder)).toEqual({ kind: 'none' });
    const lock = await taken(folder);
    expect(await lockState(folder)).toMatchObject({ kind: 'held', holder: { pid: process.pid, host: hostname() } });
    await expect(RunLock.take(folder)).rejects.toThrow(refusal(process.pid));
    await lock.release();
    expect(await lockState(folder)).toEqual({ kind: 'free' });
    const next = await taken(folder);
    expect([lock.isFirst, next.isFirst]).toEqual([true, false]);
    expect(await readdir(join(folder, fileNames.lock))).toEqual(['2']);
  });

  test('is had by exactly one of four processes that take it from a dead one at the same moment, 24 times', async () => {
    const resumers = await startResumers(4);
    const holder = { ...(await thisProcess()), pid: await freePid() };
    for (let round = 0; round < 24; round++) {
      const folder = await newRunFolder();
      await heldBy(folder, holder, 5);
      const answers = await resumers.all('take', folder);
      expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
      expect(answers.filter((answer) => answer.includes('is being trained already, by '))).toHaveLength(3);
    }
  });

  test('of a process that has died is free at once, also when another process has its pid', async () => {
    const folder = await newRunFolder();
    await heldBy(folder, { pid: await freePid() });
    expect(await lockState(folder)).toEqual({ kind: 'free' });
    if (isLinux) {
      await heldBy(folder, { started: 'another time' }, 2);
      expect(await lockState(folder)).toEqual({ kind: 'free' });
    }
    await taken(folder);
  });

  test.runIf(isLinux)('of a process in another container is held as long as that is heard of', async () => {
    const folder = await newRunFolder();
    await heldBy(folder, elsewhere);
    expect(await lockState(folder)).toMatchObject({ kind: 'held', holder: { pid: 7 } });
    await expect(RunLock.take(folder, quick)).rejects.toThrow(refusal(7));
    await lastHeard(folder, 80_000);
    expect((await lockState(folder)).kind).toBe('held');
    await lastHeard(folder, 3600_000);
    expect((await lockState(folder)).kind).toBe('free');
    await taken(folder);
  });

  test('that a power loss has emptied is nobody’s as soon as nobody can be making it any more', async () => {
    const folder = await newRunFolder();
    await mkdir(join(folder, fileNames.lock));
    await writeFile(join(folder, fileNames.lock, '1'), '');
    expect(await lockState(folder)).toEqual({ kind: 'held', holder: null });
    await expect(RunLock.take(folder)).rejects.toThrow('by a process that is only just beginning; stop it there first');
    await lastHeard(folder, 6000);
    expect(await lockState(folder)).toEqual({ kind: 'free' });
    await taken(folder);
  });

  test('of another machine whose clock is wrong is not taken while its holder gives signs of life', async () => {
    for (const wrong of [3600_000, -3600_000]) {
      const folder = await newRunFolder();
      await heldBy(folder, { ...elsewhere, host: 'node7' });
      await lastHeard(folder, wrong);
      const beating = setInterval(() => void lastHeard(folder, wrong), 10);
      await expect(RunLock.take(folder, quick)).rejects.toThrow('by process 7 on node7');
      clearInterval(beating);
      await sleep(50);
      await taken(folder);
    }
  });

  test('is kept by signs of life for those who cannot look the process up', async () => {
    const folder = await newRunFolder();
    await taken(folder);
    await lastHeard(folder, 3600_000);
    await vi.waitFor(async () => {
      expect((await new LockFiles(folder).newest())?.beat).toBeGreaterThan(Date.now() - 60_000);
    });
  });

  test('in a copy of the folder is not that of the process that has the original', async () => {
    const folder = await newRunFolder();
    await taken(folder);
    const copy = join(temporaryFolder(), 'copy');
    await cp(folder, copy, { recursive: true });
    await lastHeard(copy, 3600_000);
    expect((await lockState(copy)).kind).toBe('free');
  });

  test('that is offered goes to the queue alone, and is held until then', async () => {
    const folder = await newRunFolder();
    const lock = await taken(folder);
    await expect(RunLock.take(folder, quick, true)).rejects.toThrow(refusal(process.pid));
    await lock.offer();
    expect(await lockState(folder)).toMatchObject({ kind: 'held', holder: { pid: process.pid } });
    await expect(RunLock.take(folder, quick)).rejects.toThrow(refusal(process.pid));
    const queues = await RunLock.take(folder, quick, true);
    onTestFinished(() => queues.release());
    expect(await lock.isTakenOver()).toBe(true);
    await lock.release();
    await queues.assertHeld();
    await expect(RunLock.take(folder, quick, true)).rejects.toThrow(refusal(process.pid));
  });

  test('that was taken over stops every writing, in a sentence', async () => {
    const folder = await newRunFolder();
    const lock = await taken(folder);
    const writer = await RunWriter.open(folder, lock);
    await writer.event(warning('before'));
    await heldBy(folder, { ...elsewhere, host: 'node7' }, 2);
    const sentence = /was taken over by process 7 on node7 while this process was suspended/;
    await expect(writer.event(warning('after'))).rejects.toThrow(sentence);
    await expect(writer.update({ status: 'finished' })).rejects.toThrow(sentence);
    expect(String(lock.lost.reason)).toMatch(sentence);
    expect(await readFile(join(folder, fileNames.events), 'utf8')).not.toContain('after');
    await lock.release();
    expect((await lockState(folder)).kind).toBe('held');
  });

  test('that somebody deleted is lost', async () => {
    const folder = await newRunFolder();
    const lock = await taken(folder);
    await rename(join(folder, fileNames.lock), join(folder, 'away'));
    await vi.waitFor(() => {
      expect(String(lock.lost.reason)).toContain('was deleted while this process trained it');
    });
  });

  test('of a run whose folder was deleted is lost, and the folder does not come back', async () => {
    const folder = await newRunFolder();
    const lock = await taken(folder);
    // At once, lest the lock looks for itself while files are deleted one by one.
    await rename(folder, join(temporaryFolder(), 'deleted'));
    await expect(lock.assertHeld()).rejects.toThrow(`${folder} is not there; it may have been moved or deleted.`);
    await lock.release();
    await expect(RunLock.take(folder)).rejects.toThrow('is not there');
    await expect(access(folder)).rejects.toThrow('ENOENT');
  });

  test('is not taken through a link, nor where a damaged folder makes it impossible', async () => {
    const folder = await newRunFolder();
    const outside = temporaryFolder();
    await symlink(outside, join(folder, fileNames.lock));
    await expect(RunLock.take(folder)).rejects.toThrow('trainer.lock is not a folder itself but a link');
    expect(await readdir(outside)).toEqual([]);
    const full = await newRunFolder();
    await mkdir(join(full, fileNames.lock));
    const released = JSON.stringify({ ...(await thisHolder()), released: 'now' });
    await writeFile(join(full, fileNames.lock, '999999999'), released);
    await expect(RunLock.take(full)).rejects.toThrow('does not work as the lock of its run');
  });
});

/** Whether this machine lets its user make a pid namespace, as in a container. */
const canUnshare = isLinux && spawnSync('unshare', ['--fork', '--pid', '--mount-proc', 'true']).status === 0;

describe.runIf(canUnshare)('in another pid namespace with the same host name (needs the right to make one)', () => {
  /** Runs the stubborn trainer there. Its pid here is not known; it is killed with the namespace. */
  async function trainThere(folder: string): Promise<{ kill: () => Promise<unknown>; ended: Promise<string> }> {
    const script = await buildFixture('stubbornTrainer');
    const args = ['--fork', '--pid', '--mount-proc', '--kill-child', process.execPath, script, folder];
    const child = spawn('unshare', args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OBEYS: 'nothing' },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<string>((resolve) =>
      child.once('close', () => {
        resolve(output);
      }),
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await vi.waitFor(
      () => {
        expect(output).not.toBe('');
      },
      { timeout: 15_000 },
    );
    return { kill: () => (child.kill('SIGKILL'), ended), ended };
  }

  test('a trainer is shown as running, is not doubled, and is free some time after its end', async () => {
    const folder = await newRunFolder();
    const { kill } = await trainThere(folder);
    await vi.waitFor(async () => {
      expect((await readShown(folder)).status).toBe('running');
    });
    expect((await lockState(folder)).kind).toBe('held');
    const holder = (await new LockFiles(folder).newest())?.holder;
    expect(holder?.host).toBe(hostname());
    expect(holder?.space).not.toBe(await processSpace());
    await expect(RunLock.take(folder)).rejects.toThrow('is being trained already');
    await kill();
    await lastHeard(folder, 3600_000);
    expect((await readShown(folder)).status).toBe('lost');
    await taken(folder);
  });

  test('a trainer does not begin while one trains here', async () => {
    const folder = await newRunFolder();
    await taken(folder);
    const { ended } = await trainThere(folder);
    expect(await ended).toContain(refusal(process.pid));
  });
});

test.runIf(isLinux)('a trainer that was suspended while another one took its run over ends, and says why', async () => {
  const folder = await newRunFolder();
  const script = await buildFixture('stubbornTrainer');
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  onTestFinished(() => void child.kill('SIGKILL'));
  await vi.waitFor(
    async () => {
      expect((await readShown(folder)).status).toBe('running');
    },
    { timeout: 15_000 },
  );
  child.kill('SIGSTOP');
  await lastHeard(folder, 3600_000);
  // Here it is seen to be only suspended; another machine sees nothing.
  expect((await readShown(folder)).status).toBe('running');
  await expect(RunLock.take(folder, quick)).rejects.toThrow(refusal(child.pid!));
  await heldBy(folder, { ...elsewhere, host: 'node7' }, 2);
  child.kill('SIGCONT');
  expect(await ended).toBe(1);
  expect(output).toContain('was taken over by process 7 on node7');
});
