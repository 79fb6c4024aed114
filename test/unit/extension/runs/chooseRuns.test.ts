import { beforeEach, expect, test, vi } from 'vitest';
import { readExperiment } from '../../../../src/experiment/read';
import type { ResolvedRun } from '../../../../src/experiment/resolve';
import { chooseRuns } from '../../../../src/extension/runs/chooseRuns';
import type { ListedRun } from '../../../../src/runs/folder/list';
import type { PresentRuns } from '../../../../src/runs/folder/presentRuns';
import type { FakeVsCode } from '../../../fixtures/fakeVsCode';

const user = vi.hoisted(() => ({ vsCode: undefined as FakeVsCode | undefined }));
vi.mock('vscode', async () => {
  const { FakeVsCode: Fake } = await import('../../../fixtures/fakeVsCode');
  user.vsCode = new Fake();
  return user.vsCode.module();
});
beforeEach(() => {
  user.vsCode!.reset();
});

function runsOf(count: number): readonly ResolvedRun[] {
  return readExperiment(JSON.stringify({ sweep: { repeats: count } }), 'net').experiment!.runs;
}

function presentOf(missing: readonly ResolvedRun[], there: Partial<PresentRuns> = {}): PresentRuns {
  return { missing, finished: [], active: [], halted: [], ...there };
}

const listed = (name: string, status: ListedRun['status']) => ({ name, status }) as ListedRun;
const noEstimate = () => Promise.reject(new Error('Nobody should ask.'));
const asked = () => user.vsCode!.messages.map(({ text, buttons }) => [text, ...buttons]);

test('a few new runs are started without a question', async () => {
  const runs = runsOf(12);
  expect(await chooseRuns(runs, presentOf(runs), noEstimate)).toBe(runs);
  expect(asked()).toEqual([]);
});

test('many are started once somebody has seen how many, and what they take', async () => {
  const runs = runsOf(13);
  const choose = () => chooseRuns(runs, presentOf(runs), () => Promise.resolve('They take long.'));
  expect(await choose()).toEqual([]);
  user.vsCode!.click = 'Start 13 runs';
  expect(await choose()).toBe(runs);
  expect(asked()[0]).toEqual(['This starts 13 runs.', { modal: true, detail: 'They take long.' }, 'Start 13 runs']);
});

test('of runs that are there already the others are started, or all again', async () => {
  const runs = runsOf(4);
  const present = presentOf(runs.slice(2), {
    finished: [listed('net-[x](command:quit)', 'finished')],
    halted: [listed('net-seed2', 'stopped')],
  });
  expect(await chooseRuns(runs, present, noEstimate)).toEqual([]);
  const detail =
    'Finished, and not trained again unless you want it: net-[x] (command:quit).\nBegun, so that they can be resumed: net-seed2 (stopped).';
  expect(asked()).toEqual([
    ['2 of 4 runs are there already.', { modal: true, detail }, 'Train the other 2', 'Train all 4 again'],
  ]);
  user.vsCode!.click = 'Train the other 2';
  expect(await chooseRuns(runs, present, noEstimate)).toEqual(runs.slice(2));
  user.vsCode!.click = 'Train all 4 again';
  expect(await chooseRuns(runs, present, noEstimate)).toBe(runs);
});

test('where all are there they are shown, and trained again only by who says so', async () => {
  const runs = runsOf(1);
  const running = { ...listed('net', 'running'), id: 'id' };
  user.vsCode!.click = 'Show it';
  expect(await chooseRuns(runs, presentOf([], { active: [running] }), noEstimate)).toEqual([]);
  expect(user.vsCode!.messages).toMatchObject([{ text: 'This run is there already.' }]);
  expect(user.vsCode!.messages[0]?.buttons.slice(1)).toEqual(['Show it', 'Train it again']);
  expect(user.vsCode!.executed).toEqual([{ command: 'sfpLab.openDashboard', args: [['id']] }]);
});

test('of many that are there the first are named', async () => {
  const runs = runsOf(7);
  const waiting = Array.from({ length: 6 }, (_, index) => listed(`net-seed${index + 2}`, 'created'));
  await chooseRuns(runs, presentOf([], { active: [listed('net-seed1', 'running'), ...waiting] }), noEstimate);
  expect(user.vsCode!.messages[0]?.buttons[0]).toEqual({
    modal: true,
    detail: 'In training: net-seed1.\nWaiting for it: net-seed2, net-seed3, net-seed4, net-seed5 and 2 more.',
  });
});
