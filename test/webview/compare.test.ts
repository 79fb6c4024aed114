import { beforeEach, describe, expect, test } from 'vitest';
import { historyAfter, plausibleRun } from '../fixtures/plausibleRun';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('compare', { width: 1280 }, (opened) => {
  view = opened;
});

const history = (criterion: 'l1' | 'l2', seed: number) =>
  plausibleRun({ criterion, seed, epochs: 8, name: `run-${criterion}-${seed}` }).history;
const [l1, l2] = [history('l1', 1), history('l2', 1)];
const sweep = [1, 2, 3].flatMap((seed) => [history('l1', seed), history('l2', seed)]);
const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)} %`;
const results = () => view.page.getByRole('grid', { name: 'What differs, and results' });
/** The table's rows below its header, cells separated by single spaces. */
const rows = async (): Promise<string[]> =>
  (await results().getByRole('row').allInnerTexts()).slice(1).map((text) => text.replaceAll(/\s+/g, ' ').trim());

test('with fewer than two runs it says how to compare', async () => {
  await view.send({ type: 'runs', runs: [] });
  await view.page.getByText('A comparison needs two runs').waitFor();
});

describe('two runs', () => {
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [l1, l2] });
    await results().waitFor();
  });

  test('show first what differs, then the results', async () => {
    const header = await results().getByRole('columnheader').allInnerTexts();
    expect(header.slice(0, 5)).toEqual(['Run', 'Status', 'pruning.criterion', 'After pruning', 'Before pruning']);
    const [first, second] = await rows();
    expect(first).toMatch(/^A L1 Finished l1 /);
    expect(second).toMatch(/^B L2 Finished l2 /);
    for (const [run, row] of [
      [l1, first],
      [l2, second],
    ] as const) {
      expect(row).toContain(percent(run.epochs.at(-1)!.after!.accuracy));
      expect(row).toContain('39.0 % 42.2 %');
    }
  });

  test('can be reported, all of them', async () => {
    await view.page.getByRole('button', { name: 'Report' }).click();
    expect((await view.messages()).slice(1)).toEqual([{ type: 'report', runIds: [l1.manifest.id, l2.manifest.id] }]);
  });

  test('show all settings on demand', async () => {
    await view.page.getByText('All settings: 1 differ').click();
    const settings = view.page.getByRole('grid', { name: 'All settings' });
    await settings.getByText('training.batchSize').waitFor();
    expect((await settings.getByRole('row').nth(1).innerText()).replaceAll(/\s+/g, ' ')).toContain(
      'pruning.criterion differs l1 l2',
    );
  });

  test('stand side by side layer by layer', async () => {
    await view.page.getByRole('group', { name: 'Filters by layer' }).getByText('stage3.block3.conv2').waitFor();
    expect(await view.page.getByRole('slider', { name: /^stage3.block3.conv2/ }).count()).toBe(2);
  });

  test('are copied as Markdown and as CSV', async () => {
    const clipboard = () => view.page.evaluate(() => navigator.clipboard.readText());
    await view.page.getByRole('button', { name: 'Copy as Markdown' }).click();
    await view.page.getByText('Copied the table as Markdown.').waitFor();
    expect((await clipboard()).split('\n')[0]).toMatch(/^\| Run \| pruning.criterion \| After pruning \|/);
    await view.page.getByRole('button', { name: 'Copy as CSV' }).click();
    await view.page.getByText('Copied the table as CSV.').waitFor();
    expect((await clipboard()).split('\n')[1]).toMatch(
      new RegExp(`^run-l1-1,l1,${l1.epochs.at(-1)!.after!.accuracy},`),
    );
  });
});

test('whether compact networks are the masked ones has a column, and one that is not is marked', async () => {
  const certified = [4.8e-6, 1].map(
    (largestDifference, index) =>
      plausibleRun({ epochs: 8, name: `run-${index}`, seed: index, certificate: { largestDifference } }).history,
  );
  await view.send({ type: 'runs', runs: certified });
  await results().getByRole('columnheader', { name: 'Compact = masked' }).waitFor();
  const [first, second] = await rows();
  expect(first).toMatch(/ equal$/);
  expect(second).toMatch(/ NOT equal$/);
  await view.page.getByText('Mean over seeds').click();
  await expect.poll(async () => (await rows())[0]).toMatch(/1 of 2 NOT equal$/);
});

test('what compact networks really save has columns, with a dash where there is none', async () => {
  const certified = plausibleRun({ criterion: 'l1', epochs: 8, name: 'run-l1-1', certificate: {} }).history;
  await view.send({ type: 'runs', runs: [certified, l2] });
  await results().waitFor();
  const header = await results().getByRole('columnheader').allInnerTexts();
  const columns = ['Compact, test', 'Time saved, 64 images', 'Time saved, 1 image'];
  expect(header.filter((title) => columns.includes(title))).toEqual(columns);
  const { masked, compact } = certified.certificate!.latency!.measured.at(-1)!;
  const [first, second] = await rows();
  expect(first).toContain(
    `${percent(certified.certificate!.accuracy.compact)} ${percent(1 - compact.median / masked.median)}`,
  );
  expect(second).toContain('– – –');
});

describe('a sweep over seeds', () => {
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: sweep });
    await results().waitFor();
  });

  test('is sorted by a column, and the order is kept', async () => {
    const byAfter = sweep.map((run) => run.epochs.at(-1)!.after!.accuracy).sort((a, b) => b - a);
    await results().getByRole('button', { name: 'After pruning' }).click();
    const inOrder = async () => (await rows()).map((row) => /Finished \d l\d ([\d.]+ %)/.exec(row)?.[1]);
    await expect.poll(inOrder).toEqual(byAfter.map(percent));
    await view.page.reload();
    await view.send({ type: 'runs', runs: sweep });
    await results().waitFor();
    await expect.poll(inOrder).toEqual(byAfter.map(percent));
  });

  test('has means and deviations over its seeds', async () => {
    await view.page.getByRole('checkbox', { name: 'Mean over seeds' }).click();
    await expect.poll(async () => (await rows()).length).toBe(2);
    const after = [1, 3, 5].map((index) => sweep[index]!.epochs.at(-1)!.after!.accuracy);
    const mean = after.reduce((sum, value) => sum + value, 0) / 3;
    const deviation = Math.sqrt(after.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2);
    const row = (await rows())[1]!;
    expect(row).toContain('L2, mean of 3 seeds');
    expect(row).toContain(`${(100 * mean).toFixed(1)} ± ${percent(deviation)}`);
    await view.page.getByRole('heading', { name: 'Validation accuracy after pruning' }).waitFor();
  });
});

test('of more runs than there are colours the means over seeds are shown at first', async () => {
  const many = (['l1', 'l2'] as const).flatMap((criterion) =>
    [1, 2, 3, 4].map((seed) => plausibleRun({ criterion, seed, epochs: 4, name: `run-${criterion}-${seed}` }).history),
  );
  await view.send({ type: 'runs', runs: many });
  await expect.poll(async () => (await rows()).length).toBe(2);
  await view.page.getByRole('checkbox', { name: 'Mean over seeds' }).click();
  await expect.poll(async () => (await rows()).length).toBe(8);
});

describe('what accuracy costs', () => {
  const pruned = [0.3, 0.5].flatMap((rate) =>
    [1, 2].map((seed) => plausibleRun({ criterion: 'l1', rate, seed, epochs: 8, name: `run-${rate}-${seed}` }).history),
  );
  const dense = [1, 2].map(
    (seed) =>
      plausibleRun({
        ...{ criterion: 'l1', rate: 0, seed, epochs: 8, name: `dense-${seed}` },
        baseline: { of: pruned[seed - 1]!.manifest.id, kind: 'dense' },
      }).history,
  );
  const section = () => view.page.getByRole('region', { name: 'What accuracy costs' });

  test('is told as the settings that no other one beats, and by the drop that is allowed', async () => {
    await view.send({ type: 'runs', runs: [...pruned, ...dense] });
    await section().getByText('Pareto front of test accuracy against FLOPs left').waitFor();
    await section()
      .getByText(/costs at most 0\.50 points of test accuracy/)
      .waitFor();
    await section().getByRole('combobox', { name: 'Accuracy that may be lost' }).click();
    await view.page.getByRole('option', { name: '2 points may be lost' }).click();
    await section()
      .getByText(/costs at most 2\.00 points of test accuracy/)
      .waitFor();
    await section().getByRole('button', { name: 'Copy sentences' }).click();
    await view.page.getByText('Copied the sentences.').waitFor();
    expect(await view.page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Pareto front .*\n.*2\.00 points/);
  });

  test('says what is missing without dense runs', async () => {
    await view.send({ type: 'runs', runs: pruned });
    await section().getByText('where dense runs of the same seeds are compared too').waitFor();
    expect(await section().getByRole('combobox').count()).toBe(0);
  });
});

describe('in a narrow column', () => {
  const box = () => view.page.getByRole('group', { name: 'What differs, and results, scrolled sideways' });
  /** How dark the shades at the left and at the right are. */
  const shades = () =>
    view.page
      .locator('scrolled-across')
      .first()
      .evaluate((element) => ['::before', '::after'].map((side) => Number(getComputedStyle(element, side).opacity)));
  const scrolled = () => box().evaluate((element) => element.scrollLeft);
  beforeEach(async () => {
    await view.page.setViewportSize({ width: 320, height: 800 });
    await view.send({ type: 'runs', runs: sweep });
    await results().waitFor();
  });

  test('the side is shaded at which more of the table is hidden', async () => {
    await expect.poll(shades).toEqual([0, 1]);
    await box().evaluate((element) => {
      element.scrollLeft = 100;
    });
    await expect.poll(shades).toEqual([1, 1]);
    await box().evaluate((element) => {
      element.scrollLeft = element.scrollWidth;
    });
    await expect.poll(shades).toEqual([1, 0]);
  });

  test('the names of the runs stay in sight, and leave room for the numbers', async () => {
    const name = results().getByRole('rowheader').nth(1);
    const before = (await name.boundingBox())!;
    await box().evaluate((element) => {
      element.scrollLeft = element.scrollWidth;
    });
    expect(await name.boundingBox()).toEqual(before);
    expect(before.width).toBeLessThan(160);
    const number = (await results().getByRole('row').nth(2).getByRole('gridcell').last().boundingBox())!;
    expect(number.x).toBeGreaterThanOrEqual(before.x + before.width);
    expect(number.x + number.width).toBeLessThanOrEqual(320);
    // It is the name that is seen there, not a number below it.
    const seen = await view.page.evaluate(
      ([x, y]) => document.elementFromPoint(x!, y!)?.closest('[role]')?.role,
      [before.x + before.width - 4, before.y + before.height / 2],
    );
    expect(seen).toBe('rowheader');
  });

  test('the keyboard reaches the table and scrolls it', async () => {
    await view.page.getByRole('checkbox', { name: 'Mean over seeds' }).focus();
    await view.page.keyboard.press('Tab');
    expect(await box().evaluate((element) => element === document.activeElement)).toBe(true);
    for (let press = 0; press < 5; press++) await view.page.keyboard.press('ArrowRight');
    await expect.poll(scrolled).toBeGreaterThan(60);
  });

  test('with room for all of it nothing is shaded, and the keyboard does not stop there', async () => {
    await view.page.setViewportSize({ width: 1600, height: 800 });
    await expect.poll(shades).toEqual([0, 0]);
    expect(await box().getAttribute('tabindex')).toBeNull();
  });
});

describe('a run that was broken off and went on, beside one with a damaged record', () => {
  const resumed = plausibleRun({ criterion: 'l1', epochs: 6, killedIn: 3, name: 'resumed' });
  const damaged = plausibleRun({ criterion: 'l2', epochs: 6, damaged: [2], name: 'damaged' });
  const notice = /record of the pruning after epoch 2 is damaged or missing/;
  const moment = () => view.page.locator('.timeline output').innerText();
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [historyAfter(resumed, 1), damaged.history] });
    for (const delta of resumed.deltas.slice(1)) await view.send({ type: 'update', delta });
    await expect.poll(moment).toBe('Pruning after epoch 6');
  });

  test('has each pruning once, and each with its filters', async () => {
    const back = view.page.getByRole('button', { name: 'Pruning before' });
    const seen = [await moment()];
    const stem = view.page.getByRole('slider', { name: /^stem.conv/ });
    while (!(await back.isDisabled())) {
      const before = await moment();
      await back.click();
      await expect.poll(moment).not.toBe(before);
      seen.push(await moment());
      const isDamaged = seen.at(-1) === 'Pruning after epoch 2';
      await expect.poll(() => stem.count()).toBe(isDamaged ? 1 : 2);
      expect(await view.page.getByText(notice).count()).toBe(isDamaged ? 1 : 0);
      if (seen.length > 10) break;
    }
    const trained = [6, 5, 4, 3, 2, 1].map((epoch) => `Pruning after epoch ${epoch}`);
    expect(seen).toEqual([...trained, 'Pruning before training']);
  });

  test('has each epoch once in its curves and its newest one in the table', async () => {
    await view.page.getByRole('button', { name: 'Copy Loss as CSV' }).click();
    await view.page.getByText('Copied Loss as CSV.').waitFor();
    const csv = await view.page.evaluate(() => navigator.clipboard.readText());
    expect(
      csv
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0]),
    ).toEqual(['1', '2', '3', '4', '5', '6']);
    expect((await rows())[0]).toContain(percent(resumed.history.epochs.at(-1)!.after!.accuracy));
  });
});

test('networks of different depth have their common layers side by side', async () => {
  const deep = plausibleRun({ arch: 'resnet32', epochs: 4 }).history;
  await view.send({ type: 'runs', runs: [l2, deep] });
  const row = view.page.locator('.layer', { hasText: 'stage1.block5.conv1' });
  await row.getByText('not in this network').waitFor();
  expect(await row.getByRole('slider').count()).toBe(1);
});
