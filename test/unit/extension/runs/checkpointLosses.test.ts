import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { LogOutputChannel } from 'vscode';
import { CheckpointLosses } from '../../../../src/extension/runs/checkpointLosses';
import { FollowedRuns } from '../../../../src/extension/runs/followedRuns';
import { RunList } from '../../../../src/extension/runs/runList';
import { runItem, runTooltip } from '../../../../src/extension/views/runsTreeItems';
import { initialState } from '../../../../src/network/initialState';
import { Checkpoints } from '../../../../src/runs/checkpoints/checkpoints';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { canGoOn } from '../../../../src/runs/model/history';
import { runsPath } from '../../../../src/runs/model/format';
import { compactResNet } from '../../../fixtures/compactNetwork';
import { newRunFolder } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakeWorkspace'));

const log = { warn: () => undefined } as unknown as LogOutputChannel;

/** A run that has finished, with two checkpoints; its folder and the file of the weights of the newer one. */
async function finishedRun(name: string, runs: string) {
  const folder = await newRunFolder({ name }, runs);
  const content = { step: null, pruned: true, validation: { loss: 1, accuracy: 0.5 }, importance: null, best: true };
  const checkpoints = new Checkpoints(folder);
  await checkpoints.save({ ...content, epoch: 0, state: initialState(compactResNet, 1) });
  const newest = await checkpoints.save({ ...content, epoch: 1, state: initialState(compactResNet, 2) });
  const writer = await RunWriter.open(folder);
  await writer.update({ status: 'finished' });
  await writer.close();
  return { folder, weights: join(folder, newest, 'weights.safetensors') };
}

/** The list of a workspace with a whole run and one whose newest checkpoint is cut off. */
async function listOfTwo() {
  const workspace = temporaryFolder();
  const whole = await finishedRun('whole', join(workspace, runsPath));
  const damaged = await finishedRun('damaged', join(workspace, runsPath));
  const kept = await readFile(damaged.weights);
  await truncate(damaged.weights, 100);
  vi.spyOn(process, 'cwd').mockReturnValue(workspace);
  const list = new RunList(log);
  const losses = new CheckpointLosses(list, log);
  onTestFinished(() => {
    losses.dispose();
    list.dispose();
    vi.restoreAllMocks();
  });
  await list.ready;
  const found = () => ({ whole: list.at(whole.folder)!, damaged: list.at(damaged.folder)! });
  return { list, losses, found, mend: () => writeFile(damaged.weights, kept), folder: damaged.folder };
}

const loss = { how: 'damaged' as const, what: 'its checkpoint epoch-0001 is damaged', goesOnFrom: 'epoch-0000' };

test('a finished run that has lost a checkpoint says so in the tree, and can be resumed; a whole one cannot', async () => {
  const { losses, found } = await listOfTwo();
  const { whole, damaged } = found();
  await vi.waitFor(() => {
    expect(losses.of(damaged)).toEqual(loss);
  });
  expect(losses.of(whole)).toBeNull();
  const items = [whole, damaged].map((run) => runItem(run, null, { lost: losses.of(run), slurm: null, place: null }));
  expect(items.map(({ contextValue }) => contextValue)).toEqual(['run.finished', 'run.finished.incomplete']);
  expect(items.map(({ description }) => String(description).includes('checkpoints damaged'))).toEqual([false, true]);
  expect(items[1]?.accessibilityInformation?.label).toContain('checkpoints damaged');
  expect(items[1]?.iconPath).toMatchObject({ id: 'warning' });
  const tooltip = runTooltip(damaged, null, losses.of(damaged)).value;
  expect(tooltip).toContain('its checkpoint epoch-0001 is damaged');
  expect(tooltip).toContain('goes on from epoch-0000, the newest that is whole');
  expect(canGoOn({ status: damaged.status, lostCheckpoints: losses.of(damaged) })).toBe(true);
  expect(canGoOn({ status: whole.status, lostCheckpoints: losses.of(whole) })).toBe(false);
});

test('a finished run whose folder of checkpoints was removed is no warning, and is not offered to be resumed', async () => {
  const { losses, found, list, folder } = await listOfTwo();
  await rm(join(folder, 'checkpoints'), { recursive: true });
  const writer = await RunWriter.open(folder);
  await writer.update({ resumed: new Date().toISOString() });
  await writer.close();
  await list.refresh();
  await vi.waitFor(() => {
    expect(losses.of(found().damaged)?.how).toBe('removed');
  });
  const { damaged: removed } = found();
  const item = runItem(removed, null, { lost: losses.of(removed), slurm: null, place: null });
  expect(item.contextValue).toBe('run.finished');
  expect(item.iconPath).toMatchObject({ id: 'pass' });
  expect(item.description).toContain('without checkpoints');
  expect(runTooltip(removed, null, losses.of(removed)).value).toContain('there is no folder of them');
  expect(canGoOn({ status: removed.status, lostCheckpoints: losses.of(removed) })).toBe(false);
});

test('the tree offers for it what it offers for a finished run, and to resume it', async () => {
  const { contributes } = JSON.parse(await readFile('package.json', 'utf8')) as {
    contributes: { menus: { 'view/item/context': { command: string; when: string }[] } };
  };
  const offered = (context: string) =>
    contributes.menus['view/item/context']
      .filter(({ when }) => new RegExp(/viewItem =~ \/(.*)\/$/.exec(when)![1]!).test(context))
      .map(({ command }) => command);
  const more = offered('run.finished.incomplete').filter((command) => !offered('run.finished').includes(command));
  expect(offered('run.finished.incomplete')).toEqual(expect.arrayContaining(offered('run.finished')));
  expect(new Set(more)).toEqual(new Set(['sfpLab.resumeRun']));
});

test('a loss that was mended is told no more when the run has been trained on', async () => {
  const { losses, found, list, mend, folder } = await listOfTwo();
  await vi.waitFor(() => {
    expect(losses.of(found().damaged)).toEqual(loss);
  });
  await mend();
  const writer = await RunWriter.open(folder);
  await writer.update({ resumed: new Date().toISOString() });
  await writer.close();
  await list.refresh();
  await vi.waitFor(() => {
    expect(losses.of(found().damaged)).toBeNull();
  });
});

test('a run that is followed has it in its history, for its dashboard', async () => {
  const { found } = await listOfTwo();
  const followed = new FollowedRuns(log);
  const { whole, damaged } = found();
  const follows = [whole, damaged].map((run) => followed.follow(run));
  onTestFinished(() => {
    for (const follow of follows) follow.dispose();
  });
  await vi.waitFor(() => {
    expect(followed.historyOf(damaged.id)?.lostCheckpoints).toEqual(loss);
  });
  expect(followed.historyOf(whole.id)?.lostCheckpoints).toBeUndefined();
});
