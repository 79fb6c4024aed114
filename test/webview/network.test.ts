import type { Locator } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LayerGraph } from '../../src/network/graph';
import { buildNetwork } from '../../src/network/zoo';
import { maskedSavings } from '../../src/pruning/savings';
import type { RunHistory } from '../../src/runs/model/history';
import { gatedNetwork } from '../fixtures/branchingNetworks';
import { historyAfter, plausibleRun } from '../fixtures/plausibleRun';
import { prunedNetwork } from '../fixtures/prunedNetwork';
import { hoverForTip } from './support/hoverForTip';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('network', { width: 300, height: 900 }, (opened) => {
  view = opened;
});

const story = plausibleRun({ epochs: 3 });
const run = story.history;
const { id } = run.manifest;
const resnet20 = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);

async function show(history: RunHistory, graph: LayerGraph): Promise<void> {
  await view.send({ type: 'runs', runs: [history] });
  await view.send({ type: 'network', id: history.manifest.id, network: { graph } });
}

const node = (name: string): Locator => view.page.getByRole('button', { name: new RegExp(`^${name},`) });
const narrow = '\u202f';

test('without a run it says where to choose one', async () => {
  await view.send({ type: 'runs', runs: [] });
  await view.page.getByText('Select a run in the Runs view to see its network here.').waitFor();
});

test('says that the network is being read, and why there is none', async () => {
  await view.send({ type: 'runs', runs: [run] });
  await view.page.getByText('The network of this run is being read.').waitFor();
  await view.send({
    type: 'network',
    id,
    network: { problem: 'network.json describes no network: <b>it</b> is damaged.' },
  });
  await view.page.getByText('network.json describes no network: <b>it</b> is damaged.').waitFor();
});

describe('a ResNet-20', () => {
  beforeEach(async () => {
    await show(run, resnet20);
    await node('stem.conv').waitFor();
  });

  test('has a node for every convolution, with what pruning leaves of it and saves', async () => {
    // Of 16 filters 12 are kept at a rate of 0.3, and of 64 there are 45.
    expect(await node('stem.conv').innerText()).toBe(`stem.conv\n3x3, 3 → 12 of 16\n25${narrow}%`);
    expect(await node('stage1.block1.conv1').innerText()).toContain(`3x3, 12 → 12 of 16\n44${narrow}%`);
    expect(await node('stage3.block3.conv2').innerText()).toContain(`3x3, 45 → 45 of 64\n51${narrow}%`);
    expect(await view.page.locator('.node.conv').count()).toBe(19);
    expect(await view.page.getByRole('button', { name: /^stage\d.block\d.add, Add, with relu/ }).count()).toBe(9);
    const masks = new Map(run.prunings.at(-1)!.record!.layers.map(({ name, mask }) => [name, mask]));
    const { dense, exact } = maskedSavings(resnet20, masks, 0).multiplyAdds;
    const saved = (100 * (1 - exact / dense)).toFixed(1);
    expect(Number(saved)).toBeGreaterThan(38);
    await view.page.getByText(`${saved}${narrow}% in all, after epoch 3`).waitFor();
  });

  test('colours a convolution the more, the more it saves', async () => {
    const green = async (name: string): Promise<number> => {
      const colour = await node(name).evaluate((element) => getComputedStyle(element).backgroundColor);
      const channels = colour.match(/[\d.e-]+/g)!.map(Number);
      // Of an oklab colour the second number grows from green to red.
      return colour.startsWith('oklab') ? -channels[1]! : channels[1]! - channels[0]!;
    };
    expect(await green('stage3.block3.conv2')).toBeGreaterThan((await green('stem.conv')) + 0.003);
    expect(await green('stem.conv')).toBeGreaterThan(0);
  });

  test('tells of a node under the pointer what it is, what is left and what is saved', async () => {
    const tip = await hoverForTip(node('stage1.block1.conv1'));
    expect((await tip.innerText()).split('\n')).toEqual([
      'stage1.block1.conv1',
      'Convolution 3x3, stride 1, with batch norm, relu',
      '12 of 16 filters kept, 12 of 16 channels read',
      `43.8${narrow}% of its FLOPs saved: 1.3${narrow}M of 2.4${narrow}M are left`,
      'Click for its filters in the Layers view',
    ]);
  });

  test('asks for a layer by a click, and by Enter where the arrow keys have led', async () => {
    const asked = async () => (await view.messages()).filter(({ type }) => type === 'revealLayer');
    await node('stage1.block2.conv1').click();
    expect(await asked()).toEqual([{ type: 'revealLayer', runId: id, layer: 'stage1.block2.conv1' }]);
    // What is no convolution has no filters to go to.
    await node('stage1.block2.add').click({ force: true });
    await view.page.keyboard.press('Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await view.page.keyboard.press(key);
    await view.page.keyboard.press('Enter');
    expect((await asked()).slice(1)).toEqual([{ type: 'revealLayer', runId: id, layer: 'stage1.block1.conv1' }]);
    expect(await view.page.locator('.node[tabindex="0"]').count()).toBe(1);
  });

  test('stands in the middle of the view, and every link goes down', async () => {
    const paths = await view.page
      .locator('svg path')
      .evaluateAll((links) => links.map((link) => link.getAttribute('d')!));
    // From the images, in 7 blocks that add what they read and 2 that reduce it before, and at the end.
    expect(paths.length).toBe(1 + 7 * 4 + 2 * 5 + 2);
    for (const path of paths) {
      const numbers = path.match(/[\d.]+/g)!.map(Number);
      expect(numbers.at(-1)!).toBeGreaterThan(numbers[1]!);
    }
    const box = (await view.page.locator('.drawing').boundingBox())!;
    expect(Math.abs(box.x - (300 - box.x - box.width))).toBeLessThan(20);
  });

  test('shows with which nodes one moves together, under the pointer and where the keyboard has come to', async () => {
    const together = () =>
      view.page.locator('.node.together').evaluateAll((nodes) => nodes.map((each) => each.ariaLabel!.split(',')[0]));
    expect(await together()).toEqual([]);
    await node('stage3.block3.conv2').hover();
    const last = [1, 2].flatMap((block) => [`stage3.block${block}.conv2`, `stage3.block${block}.add`]);
    await expect.poll(together).toEqual(expect.arrayContaining(['stem.conv', ...last, 'stage3.block3.add']));
    expect(await together()).not.toContain('stage3.block3.conv1');
    expect(await together()).not.toContain('stage3.block3.conv2');
    await node('stage1.block1.conv1').hover();
    await expect.poll(together).toEqual([]);
    await node('stem.conv').focus();
    await view.page.mouse.move(2, 890);
    await expect.poll(together).toContain('stage1.block1.conv2');
    expect(await view.page.locator('.node.selected').count()).toBe(1);
  });

  describe('is zoomed', () => {
    const drawing = () => view.page.locator('.drawing');
    const width = async () => (await drawing().boundingBox())!.width;
    /** Of the letters as they are seen, in pixels. */
    const letters = async () =>
      ((await width()) / (await drawing().evaluate((element) => (element as HTMLElement).offsetWidth))) * 11;

    test('to letters that can be read at first, also where it has no room for them', async () => {
      await expect.poll(width).toBeCloseTo(300, 1);
      expect(await letters()).toBeGreaterThan(11);
      await view.page.setViewportSize({ width: 640, height: 900 });
      await expect.poll(letters).toBeCloseTo(13.2, 1);
      await view.page.setViewportSize({ width: 150, height: 900 });
      await expect.poll(letters).toBeCloseTo(11, 5);
      const across = view.page.locator('.across');
      expect(await across.evaluate((box) => box.scrollWidth > box.clientWidth)).toBe(true);
      expect(await view.page.evaluate(() => document.documentElement.scrollWidth)).toBe(150);
    });

    test('by buttons, by keys and to the width of the view, and keeps its zoom', async () => {
      const before = await width();
      await view.page.getByRole('button', { name: 'Zoom in' }).click();
      await expect.poll(width).toBeCloseTo(before * 1.2, 0);
      await view.page.getByRole('button', { name: 'Zoom out' }).click();
      await expect.poll(width).toBeCloseTo(before, 0);
      await view.page.keyboard.press('-');
      await expect.poll(width).toBeCloseTo(before / 1.2, 0);
      await view.page.keyboard.press('0');
      await expect.poll(width).toBeCloseTo(before, 0);
      await view.page.keyboard.press('f');
      const place = await view.page.locator('network-diagram').evaluate((element) => element.clientWidth);
      await expect.poll(width).toBeCloseTo(place, 0);
      await view.page.reload();
      await show(run, resnet20);
      await expect.poll(width).toBeCloseTo(place, 0);
      await node('stem.conv').focus();
      for (let press = 0; press < 20; press++) await view.page.keyboard.press('+');
      await expect.poll(letters).toBeCloseTo(44, 0);
    });

    test('by the wheel with Ctrl, around the pointer', async () => {
      const conv = node('stage1.block3.conv1');
      const before = (await conv.boundingBox())!;
      const middle = { x: before.x + before.width / 2, y: before.y + before.height / 2 };
      await view.page.mouse.move(middle.x, middle.y);
      await view.page.keyboard.down('Control');
      for (let notch = 0; notch < 3; notch++) await view.page.mouse.wheel(0, -100);
      await view.page.keyboard.up('Control');
      await expect.poll(async () => (await conv.boundingBox())!.width).toBeCloseTo(before.width * 1.2 ** 3, 0);
      const after = (await conv.boundingBox())!;
      expect(Math.abs(after.y + after.height / 2 - middle.y)).toBeLessThan(2);
      // Without Ctrl it scrolls, as everywhere.
      await view.page.mouse.wheel(0, 100);
      await expect.poll(async () => (await conv.boundingBox())!.y).toBeLessThan(after.y - 50);
      expect((await conv.boundingBox())!.width).toBeCloseTo(after.width, 0);
    });

    test('around the layer that was come to, which is in view when the page comes again', async () => {
      const conv = node('stage3.block1.conv1');
      await conv.focus();
      const centre = async () => {
        const { y, height } = (await conv.boundingBox())!;
        return y + height / 2;
      };
      const before = await centre();
      await view.page.keyboard.press('+');
      await view.page.keyboard.press('+');
      await view.settle();
      expect(Math.abs((await centre()) - before)).toBeLessThan(3);
      await view.page.reload();
      await show(run, resnet20);
      await expect.poll(async () => Math.abs((await centre()) - 450)).toBeLessThan(60);
      expect(await view.page.locator('.node.selected').innerText()).toContain('stage3.block1.conv1');
    });
  });

  test('changes its numbers with the next pruning, and nothing else', async () => {
    const places = () => view.page.locator('.node').evaluateAll((nodes) => nodes.map((each) => each.style.cssText));
    const before = await places();
    const newest = run.prunings.at(-1)!;
    const all = newest.record!.layers.map((layer) => ({ ...layer, mask: layer.mask.map(() => 1) }));
    const event = { ...newest.event, epoch: newest.event.epoch + 1, record: newest.event.record + 1 };
    const records = [{ number: event.record, record: { epoch: event.epoch, layers: all } }];
    await view.send({ type: 'update', delta: { ...story.deltas.at(-1)!, events: [event], records } });
    await view.page.getByText(`0.0${narrow}% in all, after epoch 4`).waitFor();
    expect(await node('stem.conv').innerText()).toBe(`stem.conv\n3x3, 3 → 16\n0${narrow}%`);
    const withoutSaving = (styles: string[]) => styles.map((style) => style.replace(/--saved: [^;]*/, ''));
    expect(withoutSaving(await places())).toEqual(withoutSaving(before));
  });
});

test('before the first pruning there is the network without colours, and what is happening', async () => {
  await show(historyAfter(story, 2), resnet20);
  await node('stem.conv').waitFor();
  await view.page.getByText('Colours appear after the first pruning').waitFor();
  expect(await node('stem.conv').innerText()).toBe('stem.conv\n3x3, 3 → 16');
  expect(await view.page.locator('.node.saving').count()).toBe(0);
  const tip = await hoverForTip(node('stem.conv'));
  expect((await tip.innerText()).split('\n').slice(2)).toEqual([
    '16 of 16 filters kept, 3 of 3 channels read',
    `442${narrow}k FLOPs`,
    'Joined with stage1.block1.conv2, stage1.block2.conv2, stage1.block3.conv2, stage2.block1.conv2, ' +
      'stage2.block2.conv2, stage2.block3.conv2 and 3 more',
  ]);
});

test('a damaged record of the newest pruning is named, and nothing is made up', async () => {
  await show(plausibleRun({ epochs: 3, damaged: [3] }).history, resnet20);
  await view.page.getByText(/record of the pruning after epoch 3 is damaged or missing/).waitFor();
  expect(await node('stem.conv').innerText()).toBe('stem.conv\n3x3, 3 → 16');
});

test('a network with gates and projections shows what follows and what is left alone', async () => {
  const graph = gatedNetwork([16]);
  await show(prunedNetwork(graph), graph);
  await node('stem').waitFor();
  expect(await node('layers.0.1.conv2').innerText()).toMatch(/3x3 dw, \d+ of 16/);
  expect(await node('layers.0.0.se.scale').innerText()).toBe('multiply');
  const tip = await hoverForTip(node('layers.0.0.conv2'));
  expect(await tip.innerText()).toContain('Depthwise convolution 3x3, stride 1, with silu');
  expect(await tip.innerText()).toContain('Has no filters that are pruned');
  expect(await tip.innerText()).toContain('Joined with layers.0.0.conv1, layers.0.0.se.fc2, layers.0.0.downsample');
});
