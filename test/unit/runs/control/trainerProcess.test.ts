import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, symlink, writeFile } from 'node:fs/promises';
import { getPriority, hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileNames, type RunManifest } from '../../../../src/runs/model/format';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { requestStop } from '../../../../src/runs/control/stopRequest';
import { startTrainer, stopRun } from '../../../../src/runs/control/trainerProcess';
import { keptMemory } from '../../../../src/base/keptMemory';
import { isRunning, processWith, signalTree, thisProcess } from '../../../../src/base/processes';
import { readHistory } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { shownStatus } from '../../../../src/runs/folder/status';
import { thisHolder } from '../../../../src/runs/lock/holder';
import { LockFiles } from '../../../../src/runs/lock/lockFiles';
import { lockState } from '../../../../src/runs/lock/runLock';
import { buildFixture } from '../../../fixtures/builtProgram';
import { freePid } from '../../../fixtures/freePid';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

async function runWith(patch: Partial<RunManifest>): Promise<{ folder: string; manifest: RunManifest }> {
  const folder = await newRunFolder();
  const writer = await RunWriter.open(folder);
  await writer.update(patch);
  return { folder, manifest: writer.manifest };
}

let stubborn = '';
beforeAll(async () => {
  stubborn = await buildFixture('stubbornTrainer');
});

/** Starts the stubborn trainer on a new run and waits until it says that it is running. */
async function startStubborn(obeys: 'request' | 'sigterm' | 'nothing'): Promise<{ folder: string; child: number }> {
  const folder = await newRunFolder();
  const env = { OBEYS: obeys };
  const { pid, begun } = await startTrainer({
    folder,
    node: process.execPath,
    trainerScript: stubborn,
    env,
  });
  onTestFinished(() => signalTree(pid, 'SIGKILL'));
  expect(await begun).toBe(true);
  await vi.waitFor(
    async () => {
      expect(await readManifest(folder)).toMatchObject({ status: 'running', process: { pid } });
    },
    {
      timeout: 15_000,
    },
  );
  const child = Number(/child (\d+)/.exec(await readFile(join(folder, fileNames.log), 'utf8'))?.[1]);
  return { folder, child };
}

describe('starting the trainer', () => {
  test('tells in a sentence when Node is not there', async () => {
    const folder = await newRunFolder();
    await expect(startTrainer({ folder, node: '/no/such/node', trainerScript: 'trainer.js' })).rejects.toThrow(
      'Node could not be started as "/no/such/node"; check that it is there and may be run.',
    );
    expect(await lockState(folder)).toEqual({ kind: 'free' });
  });

  test('keeps what it prints in the log, even when it dies at once', async () => {
    const folder = await newRunFolder();
    const trainerScript = join(folder, 'missing.js');
    const { begun } = await startTrainer({ folder, node: process.execPath, trainerScript });
    expect(await shownStatus(folder, await readManifest(folder))).toBe('created');
    expect(await begun).toBe(false);
    expect(await readFile(join(folder, fileNames.log), 'utf8')).toContain('Cannot find module');
    expect(await shownStatus(folder, await readManifest(folder))).toBe('lost');
  });

  test('leaves a run alone that another process has', async () => {
    const { folder } = await startStubborn('request');
    const { process: trainer } = await readManifest(folder);
    const again = startTrainer({ folder, node: process.execPath, trainerScript: stubborn });
    await expect(again).rejects.toThrow(`is being trained already, by process ${trainer?.pid} on ${hostname()}`);
  });

  test.skipIf(process.platform === 'win32')('does not write its log through a link', async () => {
    const folder = await newRunFolder();
    const elsewhere = join(temporaryFolder(), 'elsewhere');
    await symlink(elsewhere, join(folder, fileNames.log));
    const start = startTrainer({ folder, node: process.execPath, trainerScript: 'trainer.js' });
    await expect(start).rejects.toThrow('trainer.log is not a file but a link');
    await expect(access(elsewhere)).rejects.toThrow('ENOENT');
  });

  test.skipIf(process.platform === 'win32')('gives it a lower priority where that is wanted', async () => {
    const folder = await newRunFolder();
    const env = { OBEYS: 'nothing' };
    const start = { folder, node: process.execPath, trainerScript: stubborn, env, niceness: 10 };
    const { pid } = await startTrainer(start);
    onTestFinished(() => signalTree(pid, 'SIGKILL'));
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + 10));
  });
});

test('the trainer keeps the memory that it has used, unless the environment says otherwise', async () => {
  const folder = await newRunFolder();
  const script = join(temporaryFolder(), 'teller.js');
  await writeFile(script, 'for (const name of Object.keys(process.env)) console.log(`${name}=${process.env[name]}`)');
  const env = { MALLOC_TOP_PAD_: '1' };
  const { begun } = await startTrainer({ folder, node: process.execPath, trainerScript: script, env });
  expect(await begun).toBe(false);
  const told = (await readFile(join(folder, fileNames.log), 'utf8')).split('\n');
  for (const [name, value] of Object.entries({ ...keptMemory, ...env })) expect(told).toContain(`${name}=${value}`);
});

describe('stopping a run', () => {
  test('asks, and the trainer that listens is left to end by itself', async () => {
    const { folder } = await startStubborn('request');
    expect(await stopRun(folder, { graceSeconds: 10 })).toBe('asked');
    expect(await readManifest(folder)).toMatchObject({ status: 'stopped' });
  });

  test.skipIf(process.platform === 'win32')('then terminates', async () => {
    const { folder } = await startStubborn('sigterm');
    expect(await stopRun(folder, { graceSeconds: 1 })).toBe('terminated');
    expect(await readManifest(folder)).toMatchObject({ status: 'stopped' });
  });

  test('then kills with all that it has started, and says so in the run', async () => {
    const { folder, child } = await startStubborn('nothing');
    expect(await isRunning({ pid: child })).not.toBe(false);
    expect(await stopRun(folder, { graceSeconds: 1 })).toBe('killed');
    await vi.waitFor(async () => {
      expect(await isRunning({ pid: child })).toBe(false);
    });
    const history = await readHistory(folder);
    expect(history.status).toBe('stopped');
    expect(history.outcome).toMatchObject({ type: 'stopped', epoch: -1 });
  });

  test('that has ended is told', async () => {
    const { folder, manifest } = await runWith({ status: 'finished' });
    await expect(stopRun(folder, { graceSeconds: 1 })).rejects.toThrow(
      `The run ${manifest.id} has ended already (finished).`,
    );
  });

  test('that is lost marks it as stopped', async () => {
    const { folder } = await runWith({ status: 'running', process: { pid: await freePid(), host: hostname() } });
    expect(await stopRun(folder, { graceSeconds: 1 })).toBe('asked');
    expect(await readManifest(folder)).toMatchObject({ status: 'stopped' });
  });

  test('that waits for its turn leaves the process that trains others alone', async () => {
    const { folder } = await runWith({ process: await thisProcess() });
    expect(await stopRun(folder, { graceSeconds: 0 })).toBe('asked');
    await access(join(folder, fileNames.stopRequest));
    expect(await readManifest(folder)).toMatchObject({ status: 'created' });
  });

  test('on another machine that does not listen says where it is', async () => {
    const { folder, manifest } = await runWith({ status: 'running', process: { pid: 7, host: 'node7' } });
    await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow(
      `The run ${manifest.id} was asked to stop and has not yet: it trains on node7`,
    );
  });

  test('that is not there is told', async () => {
    await expect(requestStop('/no/such/run')).rejects.toThrow('/no/such/run is not there');
  });
});

const sleeping = 'setInterval(() => undefined, 1000)';

/** A process of Node with these arguments. */
async function started(...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { detached: true, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

/** A process that sleeps, which nobody is to end. Its command line may name a folder. */
function bystander(...args: string[]): Promise<ChildProcess> {
  return started('-e', sleeping, ...args);
}

const unproven =
  /was asked to stop and has not yet: (process \d+ is not certain to be its trainer, so it was not signalled|its process is not known)/;

describe.skipIf(process.platform === 'win32')('stopping a run whose folder comes from somebody else', () => {
  /** Writes `run.json` as no version of SFP Lab would, and a pid that no schema has seen. */
  async function hostile(trainer: object): Promise<string> {
    const { folder, manifest } = await runWith({ status: 'running' });
    await writeFile(join(folder, fileNames.run), JSON.stringify({ ...manifest, status: 'running', process: trainer }));
    return folder;
  }

  test('signals nothing, whatever pid it names', async () => {
    const kill = vi.spyOn(process, 'kill');
    onTestFinished(() => {
      kill.mockRestore();
    });
    kill.mockImplementation((_, signal) => {
      if (signal !== 0) throw new Error('This would have signalled.');
      return true;
    });
    const { pid: bystanding } = await bystander();
    for (const pid of [1, 0, -1, 2.5, 1e300, '1', process.pid, process.ppid, bystanding]) {
      const folder = await hostile({ pid, host: hostname() });
      // One that no process can have is none, so that the run is lost; of the others nothing is proven.
      const end = await stopRun(folder, { graceSeconds: 0 }).catch((error: unknown) => error);
      if (end !== 'asked') expect(String(end)).toMatch(unproven);
      await access(join(folder, fileNames.stopRequest));
    }
    expect(kill.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([]);
  });

  test('leaves a process alone whose start is known but which trains something else', async () => {
    const { pid } = await bystander();
    const folder = await hostile({ ...(await processWith(pid!)), host: hostname() });
    await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow(unproven);
    expect(await isRunning({ pid: pid! })).not.toBe(false);
  });

  test('leaves a process alone that is called with this folder but started at another time', async () => {
    const folder = await newRunFolder();
    const { pid } = await bystander(folder);
    await new LockFiles(folder).make(1, { ...(await thisHolder()), pid: pid!, started: 'another time' });
    const writer = await RunWriter.open(folder);
    await writer.update({ status: 'running', process: { pid: pid!, host: hostname(), started: 'another time' } });
    // Its lock and its start mark say that the trainer is gone.
    expect(await stopRun(folder, { graceSeconds: 0 })).toBe('asked');
    expect(await isRunning({ pid: pid! })).not.toBe(false);
  });

  test('ends a trainer of an older version, which has no lock, when it is called with this folder', async () => {
    const folder = await newRunFolder();
    const script = join(temporaryFolder(), 'trainer.js');
    await writeFile(script, sleeping);
    const child = await started(script, folder);
    const writer = await RunWriter.open(folder);
    await writer.update({ status: 'running', process: { pid: child.pid!, host: hostname() } });
    expect(await stopRun(folder, { graceSeconds: 1 })).toBe('terminated');
    expect(child.signalCode).toBe('SIGTERM');
  });

  test.each([
    ['a program that has the folder open', (folder: string) => ['-e', sleeping, folder]],
    ['one that follows a file in it', (folder: string) => ['-e', sleeping, 'trainer.js', join(folder, 'trainer.log')]],
    [
      'the trainer of a run whose name begins as its does',
      (folder: string) => ['-e', sleeping, 'trainer.js', `${folder}b`],
    ],
    [
      'one that has it as a part of an argument',
      (folder: string) => ['-e', sleeping, 'trainer.js', `--folder=${folder}`],
    ],
    ['an editor of a trainer', (folder: string) => ['-e', sleeping, folder, 'trainer.js']],
  ])('leaves %s alone', async (_, argumentsFor) => {
    for (const isMarked of [false, true]) {
      const folder = await newRunFolder();
      const child = await started(...argumentsFor(folder));
      const trainer = isMarked ? await processWith(child.pid!) : { pid: child.pid! };
      const writer = await RunWriter.open(folder);
      await writer.update({ status: 'running', process: { ...trainer, host: hostname() } });
      await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow(unproven);
      expect(await isRunning({ pid: child.pid! })).not.toBe(false);
    }
  });

  test('leaves a process alone that a lock from elsewhere names as its holder', async () => {
    const { pid } = await bystander('trainer.js');
    for (const holder of [{ pid: pid!, started: undefined }, await processWith(pid!)]) {
      const folder = await newRunFolder();
      await new LockFiles(folder).make(1, { ...(await thisHolder()), ...holder });
      const writer = await RunWriter.open(folder);
      await writer.update({ status: 'running' });
      await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow(unproven);
    }
    expect(await isRunning({ pid: pid! })).not.toBe(false);
  });

  test('does not make the request through a link', async () => {
    const folder = await hostile({ pid: 7, host: 'node7' });
    const outside = join(temporaryFolder(), 'outside');
    await symlink(outside, join(folder, fileNames.stopRequest));
    await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow('stop.request is not a file but a link');
    await expect(access(outside)).rejects.toThrow('ENOENT');
  });
});
