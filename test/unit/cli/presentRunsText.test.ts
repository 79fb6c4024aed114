import { expect, test } from 'vitest';
import { presentRunsText } from '../../../src/cli/presentRunsText';
import type { ResolvedRun } from '../../../src/experiment/resolve';
import type { ListedRun } from '../../../src/runs/folder/list';

const run = (name: string, status: ListedRun['status']) => ({ name, id: `id-${name}`, status }) as ListedRun;
const missing = Array.from({ length: 8 }, () => ({}) as ResolvedRun);
const none = { missing, finished: [], active: [], halted: [] };

test('nothing is said where nothing is there', () => {
  expect(presentRunsText(none)).toEqual([]);
});

test('finished runs are told to be left out, the first of them by name', () => {
  const finished = Array.from({ length: 10 }, (_, index) => run(`r${index}`, 'finished'));
  expect(presentRunsText({ ...none, finished: finished.slice(0, 4) })).toEqual([
    '4 of 12 runs are finished already and are not trained again: r0, r1, r2, r3. --again trains them anyway.',
  ]);
  expect(presentRunsText({ ...none, finished })[0]).toContain('r6, r7, …. --again');
});

test('unfinished ones are named, with what lets them go on', () => {
  const active = [run('a', 'running')];
  const halted = [run('b', 'stopped'), run('c', 'lost')];
  expect(presentRunsText({ ...none, missing: [], active, halted })).toEqual([
    '1 of 3 runs is in training or waiting for it and is not started twice: a.',
    '2 of 3 runs are begun but not finished, and are left out: b (stopped), c (lost). `sfp resume id-b id-c` goes on with them, --again begins anew.',
  ]);
});
