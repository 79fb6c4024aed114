import type { Locator } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RunHistory } from '../../src/runs/model/history';
import { suggestedRates } from '../../src/runs/model/suggestedRates';
import { plausibleRun } from '../fixtures/plausibleRun';
import { plausibleSensitivity } from '../fixtures/plausibleSensitivity';
import { openBeforeEach } from './support/openedView';
import { themes } from './support/themes';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('dashboard', {}, (opened) => {
  view = opened;
});

const finished = plausibleRun({ epochs: 6 }).history;
const other = plausibleRun({ epochs: 6, criterion: 'l1', name: 'other' }).history;
const sensitivity = plausibleSensitivity();
const runId = finished.manifest.id;

const section = () => view.page.getByRole('region', { name: 'Sensitivity of the layers' });

async function show(...runs: RunHistory[]): Promise<void> {
  await view.send({ type: 'runs', runs });
  await section().waitFor();
}

/** Every colour that a canvas shows, as `#rrggbb`. */
function coloursOf(canvas: Locator): Promise<string[]> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, element.height);
    const colours = new Set<string>();
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] === 255)
        colours.add(`#${[0, 1, 2].map((channel) => data[at + channel]!.toString(16).padStart(2, '0')).join('')}`);
    return [...colours];
  });
}

describe('before it is measured', () => {
  test('the command stands there, and a button that starts it', async () => {
    await show(finished);
    await section().getByText(`sfp sensitivity ${runId}`).waitFor();
    await section().getByRole('button', { name: 'Measure sensitivity' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'measureSensitivity', runId });
  });

  test('a run that trains is waited for', async () => {
    await show(plausibleRun({ state: 'training' }).history);
    await section().getByText('When training has ended').waitFor();
    expect(await section().getByRole('button').count()).toBe(0);
  });

  test('what is measured meanwhile appears, and can be gone on with', async () => {
    await show(finished);
    const { manifest, status } = finished;
    const gained = { id: runId, manifest, status, events: [], records: [] };
    await view.send({ type: 'update', delta: { ...gained, sensitivity: plausibleSensitivity({ measured: 4 }) } });
    await section().getByText('4 of 19 are measured.').waitFor();
    await section().getByRole('button', { name: 'Go on measuring' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'measureSensitivity', runId });
    await view.send({ type: 'update', delta: { ...gained, sensitivity } });
    await section().getByText('4 of 19 are measured.').waitFor({ state: 'detached' });
    // A delta without figures leaves them as they are.
    await view.send({ type: 'update', delta: gained });
    await view.settle();
    expect(await section().locator('chart-figure').count()).toBe(4);
  });
});

describe('when it is measured', () => {
  beforeEach(() => show({ ...finished, sensitivity }));

  test('every layer has a line, and its numbers are a table', async () => {
    const charts = section().locator('chart-figure');
    expect(await charts.locator('h2').allTextContents()).toEqual([
      'stem.conv',
      'stage1.block1 to stage1.block3',
      'stage2.block1 to stage2.block3',
      'stage3.block1 to stage3.block3',
    ]);
    const stage2 = charts.nth(2);
    const drawn = await coloursOf(stage2.locator('canvas'));
    for (const name of ['blue', 'orange', 'green', 'purple', 'red', 'yellow'] as const)
      expect(drawn, name).toContain(themes.dark.variables[`charts-${name}`].toLowerCase());
    await stage2.getByText('as table').click();
    const pool = sensitivity.pools.find(({ name }) => name === 'stage2.block2.conv1')!;
    const grid = stage2.getByRole('grid');
    const column = await grid.getByRole('columnheader').allTextContents();
    const at = column.indexOf('stage2.block2.conv1');
    // The first row is the heading, the second the rate 0; the row's own heading counts as a cell where it is one.
    const cells = grid.getByRole('row').nth(6).locator('[role="rowheader"], [role="gridcell"]');
    expect(await cells.nth(at).textContent()).toBe(`${(100 * pool.points[4]!.accuracy).toFixed(1)}\u202f%`);
  });

  test('the readout tells the highest rate, at which layers differ most', async () => {
    const { points } = sensitivity.pools.find(({ name }) => name === 'stem.conv')!;
    const stem = section().locator('chart-figure').first();
    await stem.getByText('at a rate of 90').waitFor();
    await stem
      .locator('.readout')
      .getByText(`${(100 * points.at(-1)!.accuracy).toFixed(1)}\u202f%`)
      .waitFor();
  });

  test('suggested rates follow the drop that is allowed, and are written by the host', async () => {
    await section().getByText('Suggested rates as table').click();
    const grid = section().getByRole('grid', { name: 'Suggested rates' });
    const shown = async (): Promise<(string | null)[]> =>
      Promise.all(
        sensitivity.pools.map((_, row) =>
          grid
            .getByRole('row')
            .nth(row + 1)
            .getByRole('gridcell')
            .nth(0)
            .textContent(),
        ),
      );
    const expected = (drop: number) =>
      suggestedRates(sensitivity, drop).map(({ rate }) => `${(100 * rate).toFixed(0)}\u202f%`);
    expect(await shown()).toEqual(expected(0.01));
    await section().getByRole('combobox', { name: 'Points of accuracy' }).click();
    await view.page.getByRole('option', { name: '5 points', exact: true }).click();
    await view.settle();
    expect(await shown()).toEqual(expected(0.05));
    expect(expected(0.05)).not.toEqual(expected(0.01));
    await section()
      .getByRole('button', { name: /^Write suggested rates/ })
      .click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'writeSuggestedRates', runId, drop: 0.05 });
  });

  test('it is reached by the keyboard', async () => {
    await section()
      .getByRole('button', { name: /^Write suggested rates/ })
      .focus();
    await view.page.keyboard.press('Enter');
    expect((await view.messages()).at(-1)).toMatchObject({ type: 'writeSuggestedRates', drop: 0.01 });
  });
});

test('of several runs the one that is measured is shown, and another can be chosen', async () => {
  await show(other, { ...finished, sensitivity });
  expect(await section().locator('chart-figure').count()).toBe(4);
  await section().getByRole('combobox', { name: 'Run whose sensitivity is shown' }).click();
  await view.page.getByRole('option', { name: /^A/ }).click();
  await section().getByText(`sfp sensitivity ${other.manifest.id}`).waitFor();
});

test('masks that change no more are said to be settled', async () => {
  const [first, ...rest] = finished.prunings;
  const last = rest.at(-1)!;
  const held = rest.map(({ event }) => ({
    event,
    record: { ...last.record!, epoch: event.epoch },
  }));
  await show({ ...finished, prunings: [first!, ...held] });
  const card = view.page.getByRole('region', { name: /^Run / });
  const settled = card.locator('dd', { hasText: 'no filter has changed since' });
  expect(await settled.textContent()).toMatch(/^epoch 1\D/);
  const agreement = view.page.locator('chart-figure', { hasText: 'Agreement of successive masks' });
  await agreement.getByText('100\u202f%').first().waitFor();
});
