import { access, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileNames, type RunManifest } from '../../../../src/runs/model/format';
import { readManifest } from '../../../../src/runs/folder/manifest';
import { requestStop } from '../../../../src/runs/control/stopRequest';
import { startTrainer, stopRun } from '../../../../src/runs/control/trainerProcess';
import { isRunning, signalTree, thisProcess } from '../../../../src/base/processes';
import { readHistory } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { freePid } from '../../../fixtures/freePid';
import { newRunFolder } from '../../../fixtures/runFolder';

async function runWith(patch: Partial<RunManifest>): Promise<{ folder: string; manifest: RunManifest }> {
  const folder = await newRunFolder();
  const writer = await RunWriter.open(folder);
  await writer.update(patch);
  return { folder, manifest: writer.manifest };
}

/** Starts the stubborn trainer on a new run and waits until it says that it is running. */
async function startStubborn(obeys: 'request' | 'sigterm' | 'nothing'): Promise<{ folder: string; child: number }> {
  const folder = await newRunFolder();
  const pid = startTrainer({
    folders: [folder],
    node: process.execPath,
    trainerScript: join(import.meta.dirname, '../../../fixtures/stubbornTrainer.mjs'),
    env: { OBEYS: obeys },
  });
  onTestFinished(() => signalTree(pid, 'SIGKILL'));
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
    expect(() => startTrainer({ folders: [folder], node: '/no/such/node', trainerScript: 'trainer.js' })).toThrow(
      'Node could not be started as "/no/such/node"; check that it is there and may be run.',
    );
  });

  test('keeps what it prints in the log, even when it dies at once', async () => {
    const folder = await newRunFolder();
    startTrainer({ folders: [folder], node: process.execPath, trainerScript: join(folder, 'missing.js') });
    await vi.waitFor(
      async () => {
        expect(await readFile(join(folder, fileNames.log), 'utf8')).toContain('Cannot find module');
      },
      { timeout: 15_000 },
    );
  });
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
    const { folder, manifest } = await runWith({ status: 'running', process: { pid: 1, host: 'node7' } });
    await expect(stopRun(folder, { graceSeconds: 0 })).rejects.toThrow(`The run ${manifest.id} trains on node7`);
  });

  test('that is not there is told', async () => {
    await expect(requestStop('/no/such/run')).rejects.toThrow('/no/such/run is not there');
  });
});
