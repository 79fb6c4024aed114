import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunHistory } from '../../src/runs/history';
import { plausibleRun } from '../fixtures/plausibleRun';
import { ViewBrowser, type ViewName } from './support/viewPage';
import type { ThemeName } from './support/themes';

let browser: ViewBrowser;
beforeAll(async () => {
  browser = await ViewBrowser.start();
});
afterAll(async () => {
  await browser.stop();
});

const experiment = 'resnet20-l1-l2';
const l1 = plausibleRun({ criterion: 'l1', experiment }).history;
const l2 = plausibleRun({ criterion: 'l2', experiment }).history;
const running = plausibleRun({ criterion: 'l1', experiment, state: 'training' }).history;

const sweep = [1, 2, 3].flatMap((seed) =>
  (['l1', 'l2'] as const).map(
    (criterion) => plausibleRun({ criterion, seed, experiment: 'sweep', name: `sweep-${criterion}-${seed}` }).history,
  ),
);

const states: [view: ViewName, name: string, runs: readonly RunHistory[]][] = [
  ['dashboard', 'empty', []],
  ['dashboard', 'running', [running, plausibleRun({ criterion: 'l2', experiment, state: 'created' }).history]],
  ['dashboard', 'preparing', [plausibleRun({ state: 'preparing' }).history]],
  ['dashboard', 'finished', [l1, l2]],
  ['dashboard', 'failed', [plausibleRun({ state: 'failed', epochsDone: 7 }).history]],
  ['layers', 'empty', []],
  ['layers', 'running', [running]],
  ['layers', 'finished', [l2]],
  ['compare', 'empty', []],
  ['compare', 'two', [l1, l2]],
  ['compare', 'seeds', sweep],
];
const sizes: Record<ViewName, number[]> = { dashboard: [420, 900], layers: [260, 380], compare: [420, 1280] };

for (const [view, name, runs] of states)
  for (const theme of ['dark', 'light', 'hc'] satisfies ThemeName[])
    for (const width of sizes[view])
      test(`${view}, ${name}, ${theme}, ${width} px`, async () => {
        const page = await browser.open(view, { theme, width, height: 800 });
        await page.send({ type: 'runs', runs });
        await page.page.locator('main').waitFor();
        await page.screenshot(`${view}-${name}-${theme}-${width}`);
        expect(await page.violations()).toEqual([]);
        await page.close();
      });
