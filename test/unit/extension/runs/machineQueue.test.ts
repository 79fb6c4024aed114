import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { MachineQueue } from '../../../../src/extension/runs/machineQueue';
import { RunList } from '../../../../src/extension/runs/runList';
import { runItem } from '../../../../src/extension/views/runsTreeItems';
import { RunLock } from '../../../../src/runs/lock/runLock';
import { runsPath } from '../../../../src/runs/model/format';
import { withAdded, withPause } from '../../../../src/scheduling/queue/queue';
import { editQueue } from '../../../../src/scheduling/queue/queueFile';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakeWorkspace'));

const log = { warn: () => undefined, info: () => undefined } as unknown as vscode.LogOutputChannel;
let queueFolder = '';
let workspace = '';
beforeEach(() => {
  queueFolder = temporaryFolder();
  workspace = temporaryFolder();
  vi.stubEnv('SFP_LAB_QUEUE', queueFolder);
  vi.spyOn(process, 'cwd').mockReturnValue(workspace);
});

/** Runs that wait, of which another window has put one before them that is not in this workspace. */
async function waitingRuns(): Promise<string[]> {
  const folders = [
    await newRunFolder(),
    await newRunFolder({ name: 'one' }, join(workspace, runsPath)),
    await newRunFolder({ name: 'two' }, join(workspace, runsPath)),
  ];
  for (const folder of folders) {
    const lock = await RunLock.take(folder);
    onTestFinished(() => lock.release());
  }
  const added = folders.map((folder) => ({ folder, niceness: 0 }));
  await editQueue(queueFolder, (queue) => withAdded(queue, added));
  return folders;
}

async function opened(): Promise<{ list: RunList; queue: MachineQueue }> {
  const list = new RunList(log);
  const queue = new MachineQueue(list, {} as vscode.Extension<unknown>, log);
  onTestFinished(() => {
    queue.dispose();
    list.dispose();
    vi.restoreAllMocks();
  });
  await list.ready;
  await queue.refresh();
  return { list, queue };
}

test('a run that waits is shown with its place among all that wait on this machine', async () => {
  const [other, one, two] = (await waitingRuns()) as [string, string, string];
  // The queue's process lives, so that nobody starts another one.
  const lock = await RunLock.take(queueFolder);
  onTestFinished(() => lock.release());
  const { list, queue } = await opened();
  expect([other, one, two].map((folder) => queue.placeOf(folder))).toEqual([1, 2, 3]);
  const run = list.at(two)!;
  expect(runItem(run, null, { lost: null, slurm: null, place: queue.placeOf(two) }).description).toMatch(
    /^waiting, number \{0\} 3 · /,
  );
  expect(runItem(run, null, { lost: null, slurm: null, place: null }).description).toMatch(/^waiting/);
});

test('what somebody else does to the queue is seen', async () => {
  const { queue } = await opened();
  expect([queue.paused, queue.placeOf('/nowhere')]).toEqual([null, null]);
  const changes = vi.fn();
  queue.onDidChange(changes);
  await editQueue(queueFolder, (it) => withPause(it, 'The disk is full.'));
  await queue.refresh();
  expect(queue.paused).toMatchObject({ why: 'The disk is full.' });
  expect(changes).toHaveBeenCalledOnce();
  await queue.refresh();
  expect(changes).toHaveBeenCalledOnce();
});
