import { expect, test } from 'vitest';
import { plausibleRun } from '../fixtures/plausibleRun';
import { experimentProgress } from '../../webview/dashboard/experimentProgress';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('dashboard', {}, (opened) => {
  view = opened;
});

const experiment = 'study';
const run = (criterion: 'l1' | 'l2', seed: number, state: 'finished' | 'training' | 'created' | 'failed') =>
  plausibleRun({
    ...{ criterion, seed, experiment, state, epochs: 4, name: `study-${criterion}-seed${seed}` },
    ...(state === 'finished' && { certificate: {} }),
  }).history;
const runs = [
  ...[run('l1', 1, 'finished'), run('l1', 2, 'finished'), run('l1', 3, 'training'), run('l1', 4, 'failed')],
  ...[run('l2', 1, 'created'), run('l2', 2, 'created'), run('l2', 3, 'created'), run('l2', 4, 'created')],
];
const row = (name: string) => view.page.getByRole('region', { name: `Run ${name}`, exact: true });

test('many runs are rows below how far they are together', async () => {
  await view.send({ type: 'runs', runs });
  await view.page.getByText('2 of 8 finished · 1 running · 4 waiting · 1 ended early').waitFor();
  expect((await row('study-l1-seed1').innerText()).replaceAll(/\s+/g, ' ')).toMatch(
    /^A L1, seed 1 Finished 4\/4 \d\d\.\d % −39\.0 %/,
  );
  expect((await row('study-l2-seed4').innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^H L2, seed 4 Waiting 0\/4 – –/);
  // Seeds of one setting have one colour.
  const colours = await view.page
    .locator('.row .run-badge')
    .evaluateAll((all) => all.map((it) => getComputedStyle(it).color));
  expect(new Set(colours.slice(0, 4)).size).toBe(1);
  expect(new Set(colours).size).toBe(2);
  await view.page.getByText('2 of 2 finished runs: proven equal to the masked network.').waitFor();
  // Those that have not begun are no lines of a legend.
  await view.page.getByText('4 more: no value yet.').first().waitFor();
});

test('a row opens into all that is known of its run, and stays open when the page is made again', async () => {
  await view.send({ type: 'runs', runs });
  await row('study-l1-seed1').getByText('L1, seed 1').click();
  await row('study-l1-seed1').getByText('Equal to the masked network').waitFor();
  await row('study-l1-seed4').getByText('L1, seed 4').click();
  await row('study-l1-seed4').getByRole('alert').waitFor();
  await view.page.reload();
  await view.send({ type: 'runs', runs });
  await row('study-l1-seed1').getByText('FLOPs saved, exact').waitFor();
  await row('study-l1-seed1').locator('summary').first().click();
  await row('study-l1-seed1').getByText('FLOPs saved, exact').waitFor({ state: 'hidden' });
});

test('a row stops, resumes and tells the log of its run without being opened', async () => {
  await view.send({ type: 'runs', runs });
  await row('study-l2-seed1').getByRole('button', { name: 'Stop study-l2-seed1' }).click();
  await row('study-l1-seed4').getByRole('button', { name: 'Resume study-l1-seed4' }).click();
  await row('study-l1-seed4').getByRole('button', { name: 'Open log of study-l1-seed4' }).click();
  expect((await view.messages()).slice(1)).toEqual([
    { type: 'stop', runId: runs[4]!.manifest.id },
    { type: 'resume', runId: runs[3]!.manifest.id },
    { type: 'openLog', runId: runs[3]!.manifest.id },
  ]);
  expect(await view.page.locator('.row details[open]').count()).toBe(0);
});

test('how long many runs still take is estimated from the epochs that are done', () => {
  const told = experimentProgress(runs);
  expect(told).toMatchObject({ finished: 2, running: 1, waiting: 4, ended: 1 });
  const seconds = runs.flatMap(({ epochs }) => epochs.map((epoch) => epoch.seconds));
  const mean = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  const training = runs[2]!;
  const done = training.progress!.epoch + training.progress!.step / training.started!.stepsPerEpoch;
  expect(told.secondsLeft).toBeCloseTo(mean * (4 * 4 + 4 - done), 6);
  expect(told.fraction).toBeCloseTo((8 + done + runs[3]!.epochs.length) / 32, 6);
  expect(experimentProgress(runs.slice(4)).secondsLeft).toBeNull();
});
