import { expect, test } from 'vitest';
import { byTurn, type RunNode } from '../../../../src/extension/views/runsTreeNodes';
import type { ListedRun } from '../../../../src/extension/runs/runList';

const node = (folder: string, status: ListedRun['status']): RunNode => ({
  kind: 'run',
  run: { folder, status } as ListedRun,
});

test('runs that train come first, those that wait in their order after them, then the others as they were', () => {
  const places = new Map([
    ['second', 2],
    ['first', 1],
  ]);
  const runs = [
    node('newest', 'finished'),
    node('on a cluster, later', 'created'),
    node('on a cluster', 'created'),
    node('second', 'created'),
    node('first', 'created'),
    node('failed', 'failed'),
    node('now', 'running'),
  ];
  expect(byTurn(runs, (folder) => places.get(folder) ?? null).map(({ run }) => run.folder)).toEqual([
    ...['now', 'first', 'second', 'on a cluster', 'on a cluster, later', 'newest', 'failed'],
  ]);
});
