import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunHistory } from '../../src/runs/model/history';
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

const waiting = plausibleRun({ criterion: 'l2', experiment, state: 'created' }).history;
const lost = plausibleRun({ criterion: 'l1', experiment, state: 'lost' }).history;
const stopped = plausibleRun({ criterion: 'l2', experiment, state: 'stopped', epochsDone: 3 }).history;
const sweep = [1, 2, 3].flatMap((seed) =>
  (['l1', 'l2'] as const).map(
    (criterion) => plausibleRun({ criterion, seed, experiment: 'sweep', name: `sweep-${criterion}-${seed}` }).history,
  ),
);

interface Scene {
  readonly view: ViewName;
  readonly name: string;
  readonly runs: readonly RunHistory[];
  readonly choices?: Readonly<Record<string, unknown>>;
  /** What the user does before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const hoverFilter = async (page: Page): Promise<void> => {
  await page
    .getByRole('slider', { name: /^stage2.block2.conv1/ })
    .first()
    .hover({ position: { x: 60, y: 8 } });
};

const scenes: Scene[] = [
  { view: 'dashboard', name: 'empty', runs: [] },
  { view: 'dashboard', name: 'preparing', runs: [plausibleRun({ state: 'preparing' }).history] },
  { view: 'dashboard', name: 'running', runs: [running, waiting] },
  { view: 'dashboard', name: 'finished', runs: [l1, l2] },
  { view: 'dashboard', name: 'looking-back', runs: [l1, l2], choices: { epoch: 4 }, act: hoverFilter },
  { view: 'dashboard', name: 'as-text', runs: [l2], choices: { asText: true } },
  { view: 'dashboard', name: 'failed', runs: [plausibleRun({ state: 'failed', epochsDone: 7 }).history] },
  { view: 'dashboard', name: 'lost-and-stopped', runs: [lost, stopped] },
  { view: 'dashboard', name: 'sweep', runs: sweep },
  { view: 'layers', name: 'empty', runs: [] },
  { view: 'layers', name: 'preparing', runs: [plausibleRun({ state: 'preparing' }).history] },
  { view: 'layers', name: 'running', runs: [running], act: hoverFilter },
  { view: 'layers', name: 'finished', runs: [l2] },
  { view: 'layers', name: 'as-text', runs: [l2], choices: { asText: true, opened: ['stage1.block1.conv1'] } },
  { view: 'layers', name: 'over-time', runs: [l2], choices: { tab: 'time', layer: 'stage3.block1.conv1' } },
  { view: 'compare', name: 'empty', runs: [] },
  { view: 'compare', name: 'two', runs: [l1, l2] },
  { view: 'compare', name: 'sweep', runs: sweep, choices: { sortBy: 'after', descending: true, settingsOpen: true } },
  { view: 'compare', name: 'seeds', runs: sweep, choices: { grouped: true } },
];
const sizes: Readonly<Record<ViewName, readonly number[]>> = {
  dashboard: [420, 900, 1500],
  layers: [260, 380],
  compare: [420, 1280],
};

for (const { view, name, runs, choices, act } of scenes)
  for (const theme of ['dark', 'light', 'hc'] satisfies ThemeName[])
    for (const width of sizes[view])
      test(`${view}, ${name}, ${theme}, ${width} px`, async () => {
        const page = await browser.open(view, { theme, width, height: 800, choices: choices ?? {} });
        await page.send({ type: 'runs', runs });
        await page.page.locator('main').waitFor();
        await page.settle();
        await act?.(page.page);
        await page.screenshot(`${view}-${name}-${theme}-${width}`, view !== 'layers');
        expect(await page.violations()).toEqual([]);
        expect(await page.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await page.close();
      });
