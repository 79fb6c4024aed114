import { beforeEach, describe, expect, test } from 'vitest';
import { packed } from '../../src/protocol/packed/packedMessage';
import type { LayerGraph } from '../../src/network/graph';
import { add, conv, input, linear } from '../../src/network/layers';
import { buildNetwork } from '../../src/network/zoo';
import type { RunHistory } from '../../src/runs/model/history';
import { denseNetwork, gatedNetwork } from '../fixtures/branchingNetworks';
import { plausibleRun } from '../fixtures/plausibleRun';
import { prunedNetwork } from '../fixtures/prunedNetwork';
import { stripPixels } from './support/pixels';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('layers', { width: 300, height: 900 }, (opened) => {
  view = opened;
});

const run = plausibleRun({ epochs: 12 }).history;
const newest = run.prunings.at(-1)!.record!;

/** Since when a filter is as it is after the last pruning, and how often it came back, told from the masks one after another. */
function lifeOf(layer: string, filter: number): { since: string; returns: number } {
  const masks = run.prunings.map(({ record }) => record!.layers.find(({ name }) => name === layer)!.mask[filter]!);
  const changes = masks.flatMap((kept, at) => (at > 0 && kept !== masks[at - 1] ? [at] : []));
  // The pruning before training is the first, so number 1 comes after epoch 1.
  const since = changes.length === 0 ? 'from the start' : `since the pruning after epoch ${changes.at(-1)}`;
  return { since, returns: changes.filter((at) => masks[at] === 1).length };
}

test('without a run it says where to choose one', async () => {
  await view.send({ type: 'runs', runs: [] });
  await view.page.getByText('Select a run in the Runs view').waitFor();
});

test('before the first pruning it says what is happening', async () => {
  await view.send({ type: 'runs', runs: [plausibleRun({ state: 'preparing' }).history] });
  await view.page.getByText('Downloading CIFAR-10: 68 of 163 MB. The filters appear').waitFor();
});

test('names that are too long for the view lose their beginnings, as they differ by their ends', async () => {
  await view.send({ type: 'runs', runs: [plausibleRun({ network: denseNetwork([4, 6, 5]), epochs: 4 }).history] });
  for (const name of ['features.denseblock1.denselayer1.conv1', 'features.conv0']) {
    const text = view.page.locator('.layer .name bdi').filter({ hasText: name }).first();
    await text.waitFor();
    const [shown, whole] = await text.evaluate((element) =>
      [element.parentElement!, element].map((each) => each.getBoundingClientRect().toJSON() as DOMRect),
    );
    expect(whole!.right).toBeLessThanOrEqual(shown!.right);
    // What fits begins where all names do.
    if (name === 'features.conv0') expect(whole!.left).toBe(shown!.left);
    else expect(whole!.left).toBeLessThan(shown!.left);
  }
});

describe('the heatmap', () => {
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [run] });
    await view.page.getByText('stage3.block3.conv2').waitFor();
  });

  test('has a row for each of the 19 layers, with pruned filters crossed out', async () => {
    expect(await view.page.getByRole('slider', { name: /filters kept$/ }).count()).toBe(19);
    const { mask } = newest.layers[0]!;
    const centres = await stripPixels(view.page.getByRole('slider', { name: /^stem.conv/ }), mask.length);
    expect(centres.map(([red, green]) => Math.abs(red - green) < 8)).toEqual([...mask].map((kept) => kept === 0));
  });

  test('tells layer, filter, score and state of the cell under the pointer', async () => {
    const name = 'stage2.block1.conv1';
    const cells = view.page.getByRole('slider', { name: new RegExp(`^${name}`) }).locator('div');
    const box = (await cells.boundingBox())!;
    const told = view.page.locator('filter-inspector');
    const layer = newest.layers.find((one) => one.name === name)!;
    const filters = [...layer.mask.keys()];
    // One of each kind, none of which is the first.
    const chosen = [
      filters.findLast((filter) => layer.mask[filter] === 0)!,
      filters.findLast((filter) => layer.mask[filter] === 1 && lifeOf(name, filter).returns > 0)!,
      filters.findLast((filter) => lifeOf(name, filter).since === 'from the start')!,
    ];
    expect(new Set([0, ...chosen]).size).toBe(4);
    for (const filter of chosen) {
      await view.page.mouse.move(box.x + (box.width * (filter + 0.5)) / filters.length, box.y + box.height / 2);
      await told.getByText(`${name}, filter ${filter} of 32`, { exact: true }).waitFor();
      const { since, returns } = lifeOf(name, filter);
      const share = Math.round((100 * layer.scores[filter]!) / Math.max(...layer.scores));
      expect((await told.innerText()).split('\n').slice(1, 4)).toEqual([
        `${layer.mask[filter] === 1 ? 'Kept' : 'Pruned'} ${since}`,
        `Score (L2 norm) ${layer.scores[filter]!.toPrecision(3)}, ${share}\u202f% of the layer’s largest`,
        returns === 0 ? 'Never came back' : `Came back ${returns} ${returns === 1 ? 'time' : 'times'}`,
      ]);
    }
  });

  test('is walked through with the keyboard, from layer to layer', async () => {
    await view.page.getByRole('slider', { name: /^stem.conv/ }).focus();
    const told = view.page.locator('filter-inspector');
    await told.getByText('stem.conv, filter 0 of 16').waitFor();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await view.page.keyboard.press(key);
    await told.getByText('stage1.block1.conv1, filter 2 of 16').waitFor();
    await view.page.keyboard.press('ArrowUp');
    await told.getByText('stem.conv, filter 2 of 16').waitFor();
  });

  test('shows the same values as text', async () => {
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByText(/^stage1.block1.conv1/).click();
    const table = view.page.getByRole('grid', { name: 'Filters of stage1.block1.conv1' });
    await table.waitFor();
    const { scores, mask } = newest.layers[1]!;
    const rows = (await table.getByRole('row').allInnerTexts()).slice(1);
    expect(rows.length).toBe(16);
    for (const [filter, row] of rows.entries()) {
      expect(row).toContain(scores[filter]!.toPrecision(3));
      expect(row).toContain(mask[filter] === 1 ? 'kept' : 'pruned');
    }
  });

  test('shows a layer over time, and keeps what was chosen', async () => {
    await view.page.getByRole('tab', { name: 'Over time' }).click();
    await view.page.getByRole('combobox', { name: 'Layer' }).click();
    await view.page.getByRole('option', { name: 'stage1.block2.conv1' }).click();
    const raster = view.page.getByRole('slider', { name: 'stage1.block2.conv1 over time: 16 filters, 13 prunings' });
    await raster.focus();
    const told = view.page.locator('filter-inspector');
    await told.getByText('stage1.block2.conv1, filter 0 of 16').waitFor();
    await view.page.keyboard.press('ArrowDown');
    await told.getByText('stage1.block2.conv1, filter 1 of 16').waitFor();
    for (let pruning = 0; pruning < 12; pruning++) await view.page.keyboard.press('ArrowLeft');
    const { mask } = run.prunings[0]!.record!.layers.find(({ name }) => name === 'stage1.block2.conv1')!;
    await told.getByText(mask[1] === 1 ? 'Kept from the start' : 'Pruned from the start').waitFor();

    await view.page.reload();
    await view.send({ type: 'runs', runs: [run] });
    await raster.waitFor();
  });

  test('goes to a layer that is asked for elsewhere, as cells, as text and over time', async () => {
    const layer = 'stage3.block2.conv1';
    const reveal = () => view.send({ type: 'reveal', id: run.manifest.id, layer });
    await reveal();
    await view.page.locator('filter-inspector').getByText(`${layer}, filter 0 of 64`).waitFor();
    const strip = view.page.getByRole('slider', { name: new RegExp(`^${layer}`) });
    expect(await strip.evaluate((element) => element === document.activeElement)).toBe(true);
    const { y, height } = (await strip.boundingBox())!;
    expect([y > 0, y + height < 900]).toEqual([true, true]);

    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await reveal();
    await view.page.getByRole('grid', { name: `Filters of ${layer}` }).waitFor();
    expect(await view.page.getByRole('grid').count()).toBe(1);
    await view.page.getByRole('checkbox', { name: 'As text' }).click();

    await view.page.getByRole('tab', { name: 'Over time' }).click();
    await reveal();
    const raster = view.page.getByRole('slider', { name: `${layer} over time: 64 filters, 13 prunings` });
    await raster.waitFor();
    await expect.poll(() => raster.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('follows the newest pruning', async () => {
    const running = plausibleRun({ epochs: 12, state: 'training', epochsDone: 5 });
    await view.send({ type: 'runs', runs: [{ ...running.history, prunings: running.history.prunings.slice(0, 4) }] });
    await view.page.getByText('Pruning after epoch 3').waitFor();
    const later = running.history.prunings.slice(4);
    const events = later.map(({ event }) => event);
    const records = later.map(({ event, record }) => ({ number: event.record, record }));
    await view.send({ type: 'update', delta: { ...running.deltas.at(-1)!, events, records } });
    await view.page.getByText('Pruning after epoch 5').waitFor();
  });
});

test('goes to a layer that was asked for before anything was drawn, and tells of it beside it', async () => {
  await view.page.setViewportSize({ width: 300, height: 420 });
  const layer = 'stage3.block3.conv2';
  await view.page.evaluate(
    ([runs, reveal]) => {
      window.postMessage(runs);
      window.postMessage(reveal);
    },
    [packed({ type: 'runs', runs: [run], awaited: [] }), { type: 'reveal', id: run.manifest.id, layer }] as const,
  );
  const told = view.page.locator('filter-inspector');
  await told.getByText(`${layer}, filter 0 of 64`).waitFor();
  const strip = view.page.getByRole('slider', { name: new RegExp(`^${layer}`) });
  await expect
    .poll(async () => {
      const [cells, words] = [(await strip.boundingBox())!, (await told.boundingBox())!];
      return [cells.y > 0, cells.y + cells.height <= words.y];
    })
    .toEqual([true, true]);
});

describe('damaged records', () => {
  const damaged = plausibleRun({ epochs: 6, damaged: [0, 3] }).history;
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [damaged] });
    await view.page.getByText('stage3.block3.conv2').waitFor();
  });

  test('are named in place of the strips and of the numbers', async () => {
    const before = view.page.getByRole('button', { name: 'Pruning before' });
    for (const epoch of [5, 4, 3]) {
      await before.click();
      await view.page.getByText(`Pruning after epoch ${epoch}`, { exact: true }).waitFor();
    }
    await view.page.getByText(/record of the pruning after epoch 3 is damaged or missing/).waitFor();
    expect(await view.page.getByText('not recorded', { exact: true }).count()).toBe(19);
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByText(/record of the pruning after epoch 3 is damaged or missing/).waitFor();
    expect(await view.page.locator('details').count()).toBe(0);
    await before.click();
    await view.page.getByText(/^stem.conv/).click();
    await view.page.getByRole('grid', { name: 'Filters of stem.conv' }).waitFor();
  });

  test('are blank over time, and are stepped over with words', async () => {
    await view.page.getByRole('tab', { name: 'Over time' }).click();
    await view.page.getByText('record damaged or missing').waitFor();
    const raster = view.page.getByRole('slider', { name: 'stem.conv over time: 16 filters, 7 prunings' });
    const isPainted = await raster.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d')!;
      return Array.from({ length: 7 }, (_, pruning) => {
        const x = Math.floor((canvas.width * (pruning + 0.5)) / 7);
        const { data } = context.getImageData(x, 0, 1, canvas.height);
        return data.some((value, index) => index % 4 === 3 && value > 0);
      });
    });
    expect(isPainted).toEqual([false, true, true, false, true, true, true]);

    await raster.focus();
    const told = view.page.locator('filter-inspector');
    await told.getByText('As far as can be told: earlier records are damaged or missing').waitFor();
    for (let pruning = 0; pruning < 3; pruning++) await view.page.keyboard.press('ArrowLeft');
    await told.getByText('The record of this pruning is damaged or missing').waitFor();
    expect(await raster.getAttribute('aria-valuetext')).toContain('Seen at the pruning after epoch 3');
    await view.page.keyboard.press('ArrowLeft');
    await told.getByText(/^Score \(L2 norm\)/).waitFor();
  });
});

test('a run that was broken off and went on shows each pruning once over time', async () => {
  await view.send({ type: 'runs', runs: [plausibleRun({ epochs: 6, killedIn: 3 }).history] });
  await view.page.getByRole('tab', { name: 'Over time' }).click();
  await view.page.getByRole('slider', { name: 'stem.conv over time: 16 filters, 7 prunings' }).waitFor();
});

describe('layers that move together', () => {
  const resnet20 = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
  const withGroups = (history: RunHistory, groups: 'coupled' | 'independent'): RunHistory => {
    const { manifest } = history;
    const pruning = { ...manifest.config.pruning, groups };
    return { ...history, manifest: { ...manifest, config: { ...manifest.config, pruning } } };
  };
  async function show(history: RunHistory, graph: LayerGraph): Promise<void> {
    await view.send({ type: 'runs', runs: [history] });
    await view.send({ type: 'network', id: history.manifest.id, network: { graph } });
  }
  const strip = (layer: string) => view.page.getByRole('slider', { name: new RegExp(`^${layer}:`) });
  const told = (layer: string) => view.page.getByRole('region', { name: `Layers that move together with ${layer}` });

  test('are marked with their group, and named for the chosen layer, as links that choose them', async () => {
    await show(withGroups(run, 'coupled'), resnet20);
    await view.page.getByLabel('group 1').first().waitFor();
    expect(await view.page.getByLabel('group 1').count()).toBe(10);
    await strip('stage1.block1.conv2').focus();
    const group = told('stage1.block1.conv2');
    await group.waitFor();
    expect(await group.innerText()).toBe(
      'stage1.block1.conv2\n\nMoves together with stem.conv, stage1.block2.conv2, stage1.block3.conv2, ' +
        'stage2.block1.conv2, stage2.block2.conv2, stage2.block3.conv2 and 3 more: what is added into one channel is ' +
        'kept or pruned together.',
    );
    const rows = (kind: string) =>
      view.page
        .locator(`.layer.${kind}`)
        .evaluateAll((found) => found.map((row) => (row as HTMLElement).dataset.layer));
    expect(await rows('chosen')).toEqual(['stage1.block1.conv2']);
    expect(await rows('together')).toHaveLength(9);
    await group.getByRole('button', { name: 'stage2.block2.conv2' }).click();
    await told('stage2.block2.conv2').waitFor();
    await expect
      .poll(() => strip('stage2.block2.conv2').evaluate((element) => element === document.activeElement))
      .toBe(true);
    expect(await rows('chosen')).toEqual(['stage2.block2.conv2']);
  });

  test('are told of a layer that is chosen by its name, as text and over time, too', async () => {
    await show(withGroups(run, 'coupled'), resnet20);
    await view.page.locator('.layer .name').filter({ hasText: 'stage1.block1.conv1' }).click();
    await told('stage1.block1.conv1').getByText('Moves alone').waitFor();
    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    await view.page.getByText(/^stage1.block2.conv2/).click();
    await told('stage1.block2.conv2').getByText('Moves together with stem.conv').waitFor();
    await view.page.getByRole('tab', { name: 'Over time' }).click();
    await told('stage1.block2.conv2').waitFor();
  });

  test('are told where they are pruned independently, with what would join them, and what goes along anyway', async () => {
    const graph = gatedNetwork([16]);
    await show(withGroups(prunedNetwork(graph), 'independent'), graph);
    await strip('layers.0.0.conv1').focus();
    const text = await told('layers.0.0.conv1').innerText();
    expect(text).toContain('Is added to layers.0.0.downsample and layers.0.1.conv1. Here each is pruned on its own');
    expect(text).toContain(
      'Where its filters go, channels of layers.0.0.conv2, layers.0.0.se.fc2, layers.0.1.conv2 and layers.0.1.se.fc2 go too.',
    );
    // What is never pruned is no link.
    expect(await told('layers.0.0.conv1').getByRole('button').allInnerTexts()).toEqual([
      'layers.0.0.downsample',
      'layers.0.1.conv1',
    ]);
  });

  test('stay with what is never pruned, which is named', async () => {
    const gated = gatedNetwork([16]);
    const layers = gated.layers.map((layer) =>
      layer.kind === 'conv' && layer.name === 'layers.0.0.downsample' ? { ...layer, prunable: false } : layer,
    );
    const graph = { ...gated, layers };
    await show(withGroups(prunedNetwork(graph), 'coupled'), graph);
    await strip('layers.0.0.conv1').focus();
    await told('layers.0.0.conv1')
      .getByText('Is added to channels that are never pruned, of layers.0.0.downsample: all of its filters stay.')
      .waitFor();
  });

  test('are not made up where the network is not known', async () => {
    await view.send({ type: 'runs', runs: [run] });
    await view.send({ type: 'network', id: run.manifest.id, network: { problem: 'network.json is <b>damaged</b>.' } });
    await strip('stem.conv').focus();
    await view.page.getByText('With which layers it moves is not known: network.json is <b>damaged</b>.').waitFor();
    expect(await view.page.getByLabel(/^group/).count()).toBe(0);
  });

  test('of a group of thousands are named a few', async () => {
    const images = input('images', { channels: 3, height: 4, width: 4 });
    const layers = Array.from({ length: 3000 }, (_, index) => [
      conv(`conv${index}`, 'images', 2),
      ...(index === 0 ? [] : [add(`sum${index}`, index === 1 ? 'conv0' : `sum${index - 1}`, `conv${index}`)]),
    ]).flat();
    const graph: LayerGraph = { name: 'chain', layers: [images, ...layers, linear('fc', 'sum2999', 2)] };
    const few: LayerGraph = { name: 'few', layers: [images, conv('conv0', 'images', 2), conv('conv1', 'conv0', 2)] };
    await show(
      withGroups(prunedNetwork({ ...few, layers: [...few.layers, linear('fc', 'conv1', 2)] }), 'coupled'),
      graph,
    );
    await strip('conv0').focus();
    await expect
      .poll(() => told('conv0').innerText())
      .toContain('together with conv1, conv2, conv3, conv4, conv5, conv6 and 2993 more');
    expect(await told('conv0').getByRole('button').allInnerTexts()).toEqual(['conv1']);
  });
});
