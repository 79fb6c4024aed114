import { cp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FollowedRuns } from '../../../../src/extension/runs/followedRuns';
import { isCopy, withOwnIds } from '../../../../src/extension/runs/ownIds';
import { listRuns, type ListedRun } from '../../../../src/runs/folder/list';
import { RunWriter } from '../../../../src/runs/folder/writer';
import { newRunFolder, warning } from '../../../fixtures/runFolder';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

vi.mock('vscode', () => import('../../../fixtures/fakePanels'));

async function listed(...runsFolders: string[]): Promise<ListedRun[]> {
  const found = await Promise.all(runsFolders.map(listRuns));
  return withOwnIds(found.flat().filter((run) => run.problem === null));
}

test('of a run and its copy the run keeps its id, and the copy is known by its folder', async () => {
  const original = await newRunFolder();
  const runsFolder = dirname(original);
  const copy = join(runsFolder, 'a copy');
  await cp(original, copy, { recursive: true });
  const runs = await listed(runsFolder);
  expect(runs.map(({ folder, id }) => [folder, id]).sort()).toEqual(
    [
      [copy, copy],
      [original, basename(original)],
    ].sort(),
  );
  expect(runs.filter(isCopy).map(({ folder }) => folder)).toEqual([copy]);
});

test('in a folder of runs that was copied as a whole each run has an id, and baselines are of the run beside them', async () => {
  const original = await newRunFolder();
  const runsFolder = dirname(original);
  const baseline = await newRunFolder({}, runsFolder);
  const writer = await RunWriter.open(baseline);
  await writer.update({ baseline: { of: basename(original), kind: 'dense' } });
  const copies = join(temporaryFolder(), 'runs');
  await cp(runsFolder, copies, { recursive: true });
  const runs = await listed(runsFolder, copies);
  expect(new Set(runs.map(({ id }) => id)).size).toBe(4);
  for (const run of runs.filter((it) => it.baseline))
    expect(runs.find(({ id }) => id === run.baseline?.of)?.folder).toBe(join(dirname(run.folder), basename(original)));
});

test('a run and its copy are followed each by itself', async () => {
  const original = await newRunFolder();
  const copy = join(dirname(original), 'a copy');
  await cp(original, copy, { recursive: true });
  const writer = await RunWriter.open(copy);
  await writer.event(warning('of the copy'));
  const followed = new FollowedRuns({ warn: () => undefined } as unknown as ConstructorParameters<
    typeof FollowedRuns
  >[0]);
  onTestFinished(() => {
    followed.dispose();
  });
  const runs = await listed(dirname(original));
  for (const run of runs) followed.follow(run);
  await vi.waitFor(() => {
    for (const { id, folder } of runs) {
      const history = followed.historyOf(id);
      expect(history?.manifest.id).toBe(id);
      expect(history?.warnings).toEqual(folder === copy ? ['of the copy'] : []);
    }
  });
});
