import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import { FollowedRuns } from '../../../../src/extension/runs/followedRuns';
import { RunList } from '../../../../src/extension/runs/runList';
import { runsPath } from '../../../../src/runs/model/format';
import { readHistory } from '../../../../src/runs/folder/reader';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { newRunFolder, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakeWorkspace'));

const log = { warn: () => undefined } as unknown as LogOutputChannel;

/** A list of the runs of a workspace with two runs, and how often it has told of a change. */
async function listOfTwo() {
  const workspace = temporaryFolder();
  const runs = join(workspace, runsPath);
  const folders = [await newRunFolder({ name: 'one' }, runs), await newRunFolder({ name: 'other' }, runs)];
  vi.spyOn(process, 'cwd').mockReturnValue(workspace);
  const list = new RunList(log);
  onTestFinished(() => {
    list.dispose();
    vi.restoreAllMocks();
  });
  await list.ready;
  let told = 0;
  list.onDidChange(() => (told += 1));
  return { list, folders, told: () => told };
}

test('the list tells of a change when there is one, and keeps what is as it was', async () => {
  const { list, folders, told } = await listOfTwo();
  expect(list.runs.map(({ name }) => name).sort()).toEqual(['one', 'other']);
  const before = list.runs;
  await list.refresh();
  expect(list.runs).toBe(before);
  expect(told()).toBe(0);
  const writer = await RunWriter.open(folders[0]!);
  await writer.update({ status: 'stopped' });
  await writer.close();
  await list.refresh();
  expect(told()).toBe(1);
  expect(list.runs.map(({ status }) => status).sort()).toEqual(['created', 'stopped']);
  await rm(folders[1]!, { recursive: true });
  await list.refresh();
  expect(told()).toBe(2);
  expect(list.runs).toHaveLength(1);
});

test('a long run is followed when all of it has been read, and not shown growing until then', async () => {
  const { list, folders } = await listOfTwo();
  const writer = await RunWriter.open(folders[0]!);
  for (let part = 0; part < 9; part++) await writer.event(warning(`${part}${'x'.repeat(150_000)}`));
  await writer.close();
  const whole = await readHistory(folders[0]!);
  const run = list.runs.find(({ folder }) => folder === folders[0])!;
  const followed = new FollowedRuns(log);
  const counts: (number | undefined)[] = [];
  followed.onDidAdvance(({ id }) => counts.push(followed.historyOf(id)?.warnings.length));
  const follow = followed.follow(run);
  onTestFinished(() => {
    follow.dispose();
  });
  await vi.waitFor(
    () => {
      expect(counts).toEqual([whole.warnings.length]);
    },
    { timeout: 10_000 },
  );
});
