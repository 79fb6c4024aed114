import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { signalTree } from '../../../../../src/base/processes';
import { requestStop } from '../../../../../src/runs/control/stopRequest';
import { readManifest } from '../../../../../src/runs/folder/manifest';
import { readShown } from '../../../../../src/runs/folder/status';
import { RunWriter } from '../../../../../src/runs/folder/writer';
import { lockState, RunLock } from '../../../../../src/runs/lock/runLock';
import type { Planner } from '../../../../../src/scheduling/queue/process/planned';
import { QueueProcess } from '../../../../../src/scheduling/queue/process/queueProcess';
import { withAdded, type Queue } from '../../../../../src/scheduling/queue/queue';
import { editQueue, readQueue } from '../../../../../src/scheduling/queue/queueFile';
import { buildFixture } from '../../../../fixtures/builtProgram';
import { newRunFolder } from '../../../../fixtures/runFolder';
import { temporaryFolder } from '../../../../fixtures/temporaryFolder';

const disk = vi.hoisted(() => ({ sentence: null as string | null }));
vi.mock('../../../../../src/scheduling/queue/process/fullDisk', () => ({
  fullDisk: () => Promise.resolve(disk.sentence),
}));

/** A queue in this process, with trainers that do nothing but obey a request to stop. */

let trainer = '';
beforeAll(async () => {
  trainer = await buildFixture('stubbornTrainer');
});
beforeEach(() => {
  disk.sentence = null;
  vi.stubEnv('OBEYS', 'request');
});

const patience = { timeout: 45_000, interval: 50 };

/** Two at once, with a thread each. */
const twoAtOnce: Planner = {
  needOf: () => ({ need: { kind: 'cpu', atOnce: 2, threads: 1 }, engine: undefined }),
  forget: () => undefined,
};

async function queueOf(runs: readonly string[], change: Partial<Queue> = {}): Promise<string> {
  const folder = temporaryFolder();
  const added = runs.map((run) => ({ folder: run, niceness: 0 }));
  await editQueue(folder, (queue) => ({ ...withAdded(queue, added), ...change }));
  return folder;
}

interface Going {
  readonly done: Promise<void>;
  readonly lines: string[];
}

async function go(folder: string, { trainerScript = trainer, planner = twoAtOnce } = {}): Promise<Going> {
  const lines: string[] = [];
  const end = new AbortController();
  const lock = await RunLock.take(folder);
  const log = (line: string): void => void lines.push(line);
  const queue = new QueueProcess({ folder, lock, trainerScript, cores: 2, planner, log, lookMilliseconds: 30 });
  const done = queue.run(end.signal);
  onTestFinished(async () => {
    end.abort();
    await done;
    for (const { folder: run } of (await readQueue(folder)).runs) {
      const { status, process: it } = await readManifest(run);
      if (status === 'running' && it) await signalTree(it.pid, 'SIGKILL');
    }
  });
  return { done, lines };
}

async function statuses(runs: readonly string[]): Promise<string[]> {
  return Promise.all(runs.map(async (run) => (await readShown(run)).status));
}

async function runFolders(count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, () => newRunFolder()));
}

/** As a trainer leaves it that was killed with its machine. */
async function leftAs(run: string, status: 'running' | 'stopped' | 'finished'): Promise<void> {
  const writer = await RunWriter.open(run);
  await writer.update({ status });
  await writer.close();
}

describe('the process of the queue', () => {
  test('starts as many as have a place, in their order, and ends when none is left', async () => {
    const runs = await runFolders(3);
    const folder = await queueOf(runs);
    const { done } = await go(folder);
    await expect.poll(() => statuses(runs), patience).toEqual(['running', 'running', 'created']);
    await expect.poll(async () => (await readManifest(runs[2]!)).process?.pid, patience).toBe(process.pid);
    await requestStop(runs[0]!);
    await expect.poll(() => statuses(runs), patience).toEqual(['stopped', 'running', 'running']);
    for (const run of runs.slice(1)) await requestStop(run);
    await done;
    expect(await lockState(folder)).toMatchObject({ kind: 'free' });
    const { runs: left, ended } = await readQueue(folder);
    expect([left, ended.toSorted()]).toEqual([[], runs.toSorted()]);
  });

  test('leaves what is gone, finished or was stopped on request, and takes up what was broken off', async () => {
    const [gone, finished, stopped, broken, shutDown] = (await runFolders(5)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await rm(gone, { recursive: true });
    await leftAs(finished, 'finished');
    await leftAs(stopped, 'stopped');
    await requestStop(stopped);
    await leftAs(broken, 'running');
    await leftAs(shutDown, 'stopped');
    const folder = await queueOf([gone, finished, stopped, broken, shutDown]);
    const { lines } = await go(folder);
    await expect.poll(() => statuses([broken, shutDown]), patience).toEqual(['running', 'running']);
    await expect
      .poll(async () => (await readQueue(folder)).runs.map((run) => run.folder), patience)
      .toEqual([broken, shutDown]);
    expect((await readQueue(folder)).ended).toEqual([stopped]);
    expect(lines.join('\n')).toMatch(/leaves the queue: .* is not there/);
    for (const run of [broken, shutDown]) await requestStop(run);
    // Their folders are removed afterwards, into which nobody may write then.
    await expect.poll(() => statuses([broken, shutDown]), patience).toEqual(['stopped', 'stopped']);
  });

  test('says of a run whose trainer ended without a word that it failed', async () => {
    const [run] = (await runFolders(1)) as [string];
    const folder = await queueOf([run]);
    await (
      await go(folder, { trainerScript: join(folder, 'missing.js') })
    ).done;
    const { status, error } = await readManifest(run);
    expect([status, error]).toEqual([
      'failed',
      expect.stringMatching(/^The training process was ended from outside \(exit code 1\)/),
    ]);
    expect((await readQueue(folder)).ended).toEqual([run]);
  });

  test('pauses itself where a run fails on a full disk, instead of failing all', async () => {
    const runs = await runFolders(4);
    const folder = await queueOf(runs);
    disk.sentence = 'The disk is full, so the queue has paused itself.';
    await go(folder, { trainerScript: join(folder, 'missing.js') });
    await expect.poll(async () => (await readQueue(folder)).paused?.why, patience).toBe(disk.sentence);
    await expect.poll(async () => (await statuses(runs)).slice(2), patience).toEqual(['created', 'created']);
    expect((await readQueue(folder)).ended.length).toBeLessThanOrEqual(2);
    for (const run of runs.slice(2)) await requestStop(run);
    await expect.poll(async () => (await statuses(runs)).slice(2), patience).toEqual(['stopped', 'stopped']);
  });

  test('starts nothing while it is paused, and stops what is taken out of its file', async () => {
    const runs = await runFolders(2);
    const folder = await queueOf(runs, { paused: { since: new Date().toISOString(), why: null } });
    const { done } = await go(folder);
    await expect.poll(async () => (await readManifest(runs[1]!)).process?.pid, patience).toBe(process.pid);
    expect(await statuses(runs)).toEqual(['created', 'created']);
    await editQueue(folder, (queue) => ({ ...queue, runs: queue.runs.slice(1) }));
    await expect.poll(() => statuses(runs), patience).toEqual(['stopped', 'created']);
    await editQueue(folder, (queue) => ({ ...queue, paused: null }));
    await expect.poll(() => statuses(runs), patience).toEqual(['stopped', 'running']);
    await requestStop(runs[1]!);
    await done;
  });

  test('waits for what is being found out, and gives a run alone the whole machine without asking', async () => {
    const asked = vi.fn((_folder: string, { isIdle, mayMeasure }: { isIdle: boolean; mayMeasure: boolean }) => {
      expect([isIdle, mayMeasure]).toEqual([true, true]);
      return null;
    });
    const planner = { needOf: asked, forget: () => undefined };
    const runs = await runFolders(2);
    const folder = await queueOf(runs);
    const { done } = await go(folder, { planner });
    await expect.poll(() => asked.mock.calls.length, patience).toBeGreaterThan(2);
    expect(await statuses(runs)).toEqual(['created', 'created']);
    const calls = asked.mock.calls.length;
    await requestStop(runs[0]!);
    await expect.poll(() => statuses(runs), patience).toEqual(['stopped', 'running']);
    expect(asked.mock.calls.every(([run]) => run === runs[0])).toBe(true);
    expect(asked.mock.calls.length).toBeGreaterThanOrEqual(calls);
    await requestStop(runs[1]!);
    await done;
  });
});

test('a folder of a queue that holds something else is left as it is', async () => {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'queue.json'));
  await expect(readQueue(folder)).rejects.toThrow('is not a file but a link, a folder');
});
