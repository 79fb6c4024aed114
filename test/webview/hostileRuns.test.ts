import { describe, expect, test } from 'vitest';
import { olderRecordsOf, withoutOlderRecords } from '../../src/extension/views/olderRecords';
import type { Layer } from '../../src/network/graph';
import { add, conv, input, linear } from '../../src/network/layers';
import type { RunHistory } from '../../src/runs/model/history';
import { longHistory, markup } from '../fixtures/longHistory';
import { plausibleRun } from '../fixtures/plausibleRun';
import { openBeforeEach } from './support/openedView';
import { stripPixels } from './support/pixels';
import type { ViewPage } from './support/viewPage';

/** Whoever made a run folder may have meant harm: what is in it is shown, and nothing throws (`openBeforeEach`). */
let view: ViewPage;

const long = longHistory({ prunings: 50_000, recorded: 600, layers: 3 });
const strange = longHistory({ prunings: 12 });
/** Events of a damaged folder that claim what cannot be. */
const boastful: RunHistory = {
  ...strange,
  epochs: [...strange.epochs, { ...strange.epochs.at(-1)!, epoch: 2 ** 52 }],
  prunings: strange.prunings.map(({ event, record }, index) => ({
    event: { ...event, layers: index % 2 === 0 ? [] : event.layers.map((layer) => ({ ...layer, filters: 2 ** 40 })) },
    record,
  })),
};

/** As the host sends them: the newest first, the others afterwards. */
async function sendAsHost(history: RunHistory): Promise<void> {
  await view.send(withoutOlderRecords([history]));
  for (const message of olderRecordsOf([history])) await view.send(message);
}

/** Nothing of the page has come from markup in names. */
async function expectNoMarkup(): Promise<void> {
  expect(await view.page.locator('img').count()).toBe(0);
  expect(await view.page.title()).toBe('SFP Lab');
}

describe('the dashboard', () => {
  openBeforeEach('dashboard', { width: 1280, height: 900 }, (opened) => {
    view = opened;
  });

  test('shows 50,000 prunings with no more rows than a short run has, and a table of bounded length', async () => {
    await sendAsHost(long);
    await view.page.getByText('Pruning after epoch 49999').waitFor();
    await view.page.getByText('4,000 of 49,999 epochs are drawn, evenly spread.').first().waitFor();
    await view.page.getByText('Loss as table').click();
    await view.page.getByText('400 of 4,000 rows; copied as CSV it has all of them.').waitFor();
    expect(await view.page.locator('canvas').count()).toBe(3 + 1);
    expect(await view.page.locator('*').count()).toBeLessThan(5000);
    await expectNoMarkup();
  });

  test('says which of its runs cannot be read and why, and keeps them for the next time', async () => {
    const { manifest } = strange;
    const unreadable = [{ id: 'linked', name: markup, problem: 'events.jsonl is not a file but a link.' }];
    await view.send({ ...withoutOlderRecords([strange]), unreadable });
    await view.page.getByRole('alert').getByText(`${markup} cannot be shown: events.jsonl is not a file`).waitFor();
    const kept = await view.page.evaluate(() => sessionStorage.getItem('state'));
    expect(JSON.parse(kept ?? '')).toMatchObject({ runIds: [manifest.id, 'linked'] });
    await view.screenshot('dashboard-unreadable-run');
    await expectNoMarkup();
    await view.send(withoutOlderRecords([strange]));
    await view.page.getByRole('alert').waitFor({ state: 'hidden' });
  });

  test('tells filters that are on their way from damaged ones, and a record that is damaged when all have come', async () => {
    await view.send(withoutOlderRecords([strange]));
    await view.page.getByText('Pruning after epoch 11').waitFor();
    const before = view.page.getByRole('button', { name: 'Pruning before' });
    for (const epoch of [10, 9, 8, 7, 6]) {
      await before.click();
      await view.page.getByText(`Pruning after epoch ${epoch}`, { exact: true }).waitFor();
    }
    await view.page.getByText('The filters of the pruning after epoch 6 are on their way.').waitFor();
    for (const message of olderRecordsOf([strange])) await view.send(message);
    await view.page.getByText(/record of the pruning after epoch 6 is damaged or missing/).waitFor();
    await before.click();
    await view.page
      .getByRole('slider', { name: /filters kept$/ })
      .first()
      .waitFor();
    expect(await view.page.getByRole('slider', { name: /filters kept$/ }).count()).toBe(19);
    await expectNoMarkup();
  });

  test('shows what can be shown of events that claim 2^40 filters, no layers and epoch 2^52', async () => {
    await sendAsHost(boastful);
    await view.page.getByText('stage3.block3.conv2').first().waitFor();
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByRole('grid', { name: 'Pruned filters by layer' }).waitFor();
    await expectNoMarkup();
  });
});

describe('the Layers view', () => {
  openBeforeEach('layers', { width: 300, height: 900 }, (opened) => {
    view = opened;
  });

  test('shades infinite scores as the largest and those that are no numbers as nothing, and says what they are', async () => {
    await sendAsHost(strange);
    const strip = view.page.getByRole('slider', { name: /filters kept$/ }).first();
    await strip.waitFor();
    const { mask } = strange.prunings.at(-1)!.record!.layers[0]!;
    const centres = await stripPixels(strip, mask.length);
    // Kept or crossed out, every filter has been painted.
    expect(centres.every(([, , , alpha]) => alpha === 255)).toBe(true);
    await strip.focus();
    const told = view.page.locator('filter-inspector');
    await told.getByText(/^Score .*not a number, 0\u202f%/).waitFor();
    await view.page.keyboard.press('ArrowRight');
    await told.getByText(/ infinite, 100\u202f%/).waitFor();
    await view.page.keyboard.press('ArrowRight');
    await told.getByText(/ −infinite, 0\u202f%/).waitFor();
    await expectNoMarkup();
  });

  test('shows 50,000 prunings over time on a canvas as wide as the view, and steps through them', async () => {
    await sendAsHost(long);
    await view.page.getByRole('tab', { name: 'Over time' }).click();
    const raster = view.page.getByRole('slider', { name: /over time: 16 filters, 50000 prunings$/ });
    await raster.waitFor();
    const [width, isPainted] = await raster.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(canvas.width - 1, 0, 1, canvas.height);
      return [canvas.width, data.some((value, index) => index % 4 === 3 && value > 0)] as const;
    });
    expect(width).toBeLessThanOrEqual(300);
    expect(isPainted).toBe(true);
    await raster.focus();
    await view.page
      .locator('filter-inspector')
      .getByText(/filter 0 of 16/)
      .waitFor();
    for (let step = 0; step < 6; step++) await view.page.keyboard.press('ArrowLeft');
    await view.page.locator('filter-inspector canvas').waitFor();
    await expectNoMarkup();
  });

  test('opens no table longer than what is recorded, whatever the events claim', async () => {
    await sendAsHost({ ...boastful, prunings: boastful.prunings.slice(0, 10) });
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByText(/^stage1.block1.conv2/).click();
    const table = view.page.getByRole('grid', { name: 'Filters of stage1.block1.conv2' });
    await table.waitFor();
    expect(await table.getByRole('row').count()).toBe(1 + 16);
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByRole('tab', { name: 'Over time' }).click();
    await view.page.getByText('A row a filter, a column a pruning.').waitFor();
    await expectNoMarkup();
  });
});

describe('the Network view', () => {
  openBeforeEach('network', { width: 300, height: 900 }, (opened) => {
    view = opened;
  });

  const images = input('images', { channels: 3, height: 4, width: 4 });

  async function sendNetwork(layers: readonly Layer[], history: RunHistory = strange): Promise<void> {
    await sendAsHost(history);
    await view.send({ type: 'network', id: history.manifest.id, network: { graph: { name: markup, layers } } });
  }

  test('shows names with markup, and masks that are for other filters than the network has', async () => {
    await sendNetwork([images, conv(markup, 'images', 40), conv('stage1.block1.conv1', markup, 2)]);
    await view.page.getByRole('button', { name: /stage1.block1.conv1/ }).waitFor();
    expect(await view.page.locator('.node').count()).toBe(3);
    await expectNoMarkup();
  });

  test('draws sums of sums of sums, each of which doubles what feeds it', async () => {
    const sums = Array.from({ length: 100 }, (_, index) => {
      const before = index === 0 ? 'conv' : `sum${index - 1}`;
      return add(`sum${index}`, before, before);
    });
    await sendNetwork([images, conv('conv', 'images', 8), ...sums], {
      ...boastful,
      prunings: boastful.prunings.slice(0, 10),
    });
    await view.page.getByRole('button', { name: /^sum99, Add/ }).waitFor();
  });

  const chain = (length: number, channels: number): Layer[] =>
    Array.from({ length }, (_, index) =>
      linear(`layer${index}`, index === 0 ? 'images' : `layer${index - 1}`, channels),
    );
  const sumsOfAll = Array.from({ length: 400 }, (_, index) =>
    add(
      `sum${index}`,
      'conv',
      ...Array.from({ length: index + 1 }, (__, other) => (other === 0 ? 'conv' : `sum${other - 1}`)),
    ),
  );

  test.each<[string, readonly Layer[], RegExp]>([
    ['10,000 layers', chain(9999, 10), /has 10,000 parts, more than is drawn here \(600\)/],
    ['3 million channels', chain(50, 60_000), /has 3,000,003 channels, more than is drawn here/],
    [
      'sums of everything before them',
      [conv('conv', 'images', 3), ...sumsOfAll],
      /has links that are [\d,]+ rows long together/,
    ],
  ])('says of a network with %s that it is not drawn', async (_, layers, sentence) => {
    await sendNetwork([images, ...layers]);
    await view.page.getByText(sentence).waitFor();
    expect(await view.page.getByRole('button').count()).toBe(0);
  });
});

describe('the comparison', () => {
  openBeforeEach('compare', { width: 1280, height: 900 }, (opened) => {
    view = opened;
  });

  test('stands runs with markup, damaged records and impossible events beside a sound one', async () => {
    await view.send({
      type: 'runs',
      runs: [plausibleRun().history, { ...boastful, manifest: { ...boastful.manifest, id: 'b' } }],
    });
    await view.page.getByText(markup).first().waitFor();
    await view.page
      .getByRole('slider', { name: /filters kept$/ })
      .first()
      .waitFor();
    await expectNoMarkup();
  });
});
