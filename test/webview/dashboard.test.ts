import { beforeEach, describe, expect, test } from 'vitest';
import { historyAfter, plausibleRun } from '../fixtures/plausibleRun';
import { hoverForTip } from './support/hoverForTip';
import { stripPixels } from './support/pixels';
import { openBeforeEach } from './support/openedView';
import type { ViewPage } from './support/viewPage';

let view: ViewPage;
openBeforeEach('dashboard', {}, (opened) => {
  view = opened;
});

const experiment = 'resnet20-l1-l2';
const l1 = plausibleRun({ criterion: 'l1', experiment });
const l2 = plausibleRun({ criterion: 'l2', experiment });
const running = plausibleRun({ state: 'training', epochs: 10, epochsDone: 6 });

describe('an empty dashboard', () => {
  test('says what to do and starts a run', async () => {
    await view.send({ type: 'runs', runs: [] });
    await view.page.getByText('There is no run to show yet').waitFor();
    await view.page.getByRole('button', { name: 'Start SFP run' }).click();
    expect(await view.messages()).toEqual([{ type: 'ready', load: 1 }, { type: 'startRun' }]);
  });
});

describe('a run that has not begun', () => {
  test('tells what is prepared, and how far it is', async () => {
    await view.send({ type: 'runs', runs: [plausibleRun({ state: 'preparing' }).history] });
    await view.page.getByText('Downloading CIFAR-10: 68 of 163 MB').waitFor();
    const progress = view.page.getByRole('progressbar', { name: 'Progress of resnet20-l2' });
    expect(await progress.getAttribute('aria-valuenow')).toBe('42');
  });

  test('waits for its turn', async () => {
    const waiting = plausibleRun({ state: 'created', name: 'second' }).history;
    await view.send({ type: 'runs', runs: [running.history, waiting] });
    await view.page.getByText('Waits for its turn to train').waitFor();
    await view.page.getByRole('region', { name: 'Run second' }).getByText('Waiting').waitFor();
  });
});

describe('a running run', () => {
  test('shows progress, speed and time left, and asks to stop', async () => {
    await view.send({ type: 'runs', runs: [running.history] });
    await view.page.getByText(/Epoch 7 of 10 · step 140 of 351/).waitFor();
    await view.page.getByText(/420 images\/s · \d+\smin left/).waitFor();
    await view.page.getByRole('button', { name: 'Stop resnet20-l2' }).click();
    await view.page.getByRole('button', { name: 'Open config of resnet20-l2' }).click();
    await view.page.getByRole('button', { name: 'Open log of resnet20-l2' }).click();
    const runId = running.manifest.id;
    expect((await view.messages()).slice(1)).toEqual([
      { type: 'stop', runId },
      { type: 'openConfig', runId },
      { type: 'openLog', runId },
    ]);
  });

  test('grows with what the host sends', async () => {
    const firstEpoch = running.deltas.findIndex(({ events }) => events.some(({ type }) => type === 'epoch'));
    await view.send({ type: 'runs', runs: [historyAfter(running, firstEpoch)] });
    await view.page.getByText('The curves of accuracy and loss begin when the first epoch is done.').waitFor();
    for (const delta of running.deltas.slice(firstEpoch)) await view.send({ type: 'update', delta });
    await view.page.getByText('after 6 of 10 epochs').first().waitFor();
    await view.page.getByText('Pruning after epoch 6').waitFor();
    const { before, after } = running.history.epochs.at(-1)!;
    const gap = `${(100 * (before!.accuracy - after!.accuracy)).toFixed(1)} points`;
    await view.page.getByRole('region', { name: 'Run resnet20-l2' }).getByText(gap).waitFor();
  });

  test('says which network is trained while masks are held, and why', async () => {
    const held = { type: 'held', time: '2026-01-01T00:00:00.000Z', epoch: 3, whyWhole: 'a reason' } as const;
    await view.send({ type: 'runs', runs: [running.history] });
    await view.send({ type: 'update', delta: { ...running.deltas.at(-1)!, events: [held], records: [] } });
    const note = view.page.getByRole('note').filter({ hasText: 'From epoch 4 on the masks are held' });
    await note.getByText('the whole network is trained: a reason').waitFor();
  });

  test('ignores updates of other runs and messages it does not know', async () => {
    /** Messages come in order, so what is known by now has been taken in when this one is. */
    const takenIn = async (word: string): Promise<string> => {
      const warning = { type: 'warning', time: '2026-01-01T00:00:00.000Z', message: word } as const;
      await view.send({ type: 'update', delta: { ...running.deltas.at(-1)!, events: [warning], records: [] } });
      await view.page.getByText(word).waitFor();
      await view.settle();
      return (await view.page.locator('main').innerText()).replace(word, '');
    };
    await view.send({ type: 'runs', runs: [running.history] });
    const before = await takenIn('first');
    expect(before).toContain('Epoch 7 of 10');
    await view.send({ type: 'runs', runs: [running.history] });
    for (const delta of l1.deltas) await view.send({ type: 'update', delta });
    await view.page.evaluate(
      (sent) => {
        for (const odd of [null, 'text', { type: 'unknown', runs: [] }, { type: 'runs' }, { type: 'update' }, sent])
          window.postMessage(odd);
      },
      { type: 'unknown', delta: running.deltas[0] },
    );
    expect(await takenIn('second')).toBe(before);
    expect(await view.messages()).toEqual([{ type: 'ready', load: 1 }]);
  });
});

test('the pace of a run tells on what it goes', async () => {
  await view.send({ type: 'runs', runs: [l1.history] });
  const tip = await hoverForTip(view.page.getByRole('region', { name: /^Run / }).getByText(/^took /));
  expect(await tip.innerText()).toBe(
    'onnxruntime, CPU (8 cores, 8 threads)\nThe only engine that is there.\nBlocked operators, 16 channels at a time.',
  );
});

describe('the classes of a run', () => {
  const card = () => view.page.getByRole('region', { name: /^Run / });

  test('are told in a line of its card, and all of them one below the other when it is opened', async () => {
    const classes = Array.from({ length: 200 }, (_, index) => `class-${index}`);
    await view.send({ type: 'runs', runs: [plausibleRun({ classes }).history] });
    const line = card().getByText(/200 classes: class-0, class-1, class-2, .*, …\s*$/);
    await line.waitFor();
    expect(await card().getByText('class-199').isVisible()).toBe(false);
    await line.click();
    await card().getByText('class-199').waitFor();
    expect(await card().locator('.classes p').textContent()).toBe(classes.join('\n'));
  });

  test('of a known data set are those that everybody knows', async () => {
    await view.send({ type: 'runs', runs: [l1.history] });
    await card()
      .getByText(/10 classes: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck\s*$/)
      .waitFor();
  });

  test('are left out where a damaged run.json does not tell them', async () => {
    const { history } = plausibleRun({ classes: ['cat', 'dog'] });
    const manifest = { ...history.manifest, data: undefined };
    await view.send({ type: 'runs', runs: [{ ...history, manifest }] });
    await card().getByText('Finished').waitFor();
    expect(await card().getByText('classes').count()).toBe(0);
  });

  test('stay within the card whatever their names are', async () => {
    const classes = ['<img src=x onerror="document.title=1">', 'a'.repeat(100_000), 'قط', 'a\u0300'.repeat(90), ''];
    await view.send({ type: 'runs', runs: [plausibleRun({ classes }).history] });
    await card().getByText('5 classes').click();
    await card().getByText('<img src=x').last().waitFor();
    expect(await view.page.locator('img').count()).toBe(0);
    const [outer, inner] = await Promise.all([card().boundingBox(), card().locator('.classes').boundingBox()]);
    expect(inner!.x + inner!.width).toBeLessThanOrEqual(outer!.x + outer!.width);
    expect(inner!.height).toBeLessThan(250);
    expect(
      await card()
        .locator('.classes p')
        .evaluate((list) => list.scrollWidth <= list.clientWidth),
    ).toBe(true);
  });
});

describe('runs that ended badly', () => {
  test('a failed one says why, and opens the log', async () => {
    const failed = plausibleRun({ state: 'failed', epochsDone: 7 }).history;
    await view.send({ type: 'runs', runs: [failed] });
    const alert = view.page.getByRole('alert');
    await alert.getByText('It failed after epoch 7. The loss is not a number in epoch 8').waitFor();
    await alert.getByRole('button', { name: 'Open log' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'openLog', runId: failed.manifest.id });
    expect(await view.page.getByRole('button', { name: /^Stop/ }).count()).toBe(0);
  });

  test('a lost one says what may have happened', async () => {
    await view.send({ type: 'runs', runs: [plausibleRun({ state: 'lost' }).history] });
    await view.page.getByText('The training process is gone without a word').waitFor();
  });

  test('a stopped one says where', async () => {
    await view.send({ type: 'runs', runs: [plausibleRun({ state: 'stopped', epochsDone: 3 }).history] });
    await view.page.getByText('It was stopped after epoch 3.').waitFor();
    await view.page.getByRole('button', { name: 'Resume resnet20-l2' }).click();
    expect((await view.messages()).at(-1)).toMatchObject({ type: 'resume' });
  });

  test('a finished one that has lost checkpoints says which, and can go on', async () => {
    const lostCheckpoints = {
      how: 'damaged' as const,
      what: 'its checkpoint epoch-0011 is damaged',
      goesOnFrom: 'epoch-0010',
    };
    await view.send({ type: 'runs', runs: [{ ...plausibleRun({ epochs: 12 }).history, lostCheckpoints }] });
    const alert = view.page.getByRole('alert');
    expect(await alert.locator('p').textContent()).toBe(
      'It has finished, but its checkpoint epoch-0011 is damaged. Resumed, it goes on from epoch-0010, the newest that is whole.',
    );
    await view.page.getByRole('button', { name: 'Resume resnet20-l2' }).click();
    expect((await view.messages()).at(-1)).toMatchObject({ type: 'resume' });
  });

  test('a finished one whose checkpoints somebody removed says so calmly, and is not offered to be trained again', async () => {
    const lostCheckpoints = {
      how: 'removed' as const,
      what: 'it is kept without checkpoints: there is no folder of them',
      goesOnFrom: null,
    };
    await view.send({ type: 'runs', runs: [{ ...plausibleRun({ epochs: 12 }).history, lostCheckpoints }] });
    await view.page.getByText('It has finished; it is kept without checkpoints: there is no folder of them.').waitFor();
    expect(await view.page.getByRole('alert').count()).toBe(0);
    expect(await view.page.getByRole('button', { name: 'Resume resnet20-l2' }).count()).toBe(0);
  });

  test('warnings are shown', async () => {
    const message = 'The last batch of 12 images is left out.';
    await view.send({ type: 'runs', runs: [{ ...running.history, warnings: [message] }] });
    await view.page.getByText(message).waitFor();
  });
});

describe('finished runs side by side', () => {
  beforeEach(async () => {
    await view.send({ type: 'runs', runs: [l1.history, l2.history] });
    await view.page.getByRole('heading', { name: experiment }).waitFor();
  });

  test('go by what differs, with both counts of FLOPs and what a FLOP is', async () => {
    const card = view.page.getByRole('region', { name: 'Run resnet20-l2' });
    await card.getByRole('heading', { name: 'L2', exact: true }).waitFor();
    const figures = (await card.innerText()).replaceAll(/\s+/g, ' ');
    expect(figures).toContain('FLOPs saved, exact 39.0 % 24.7 M of 40.6 M left');
    expect(figures).toContain('FLOPs saved, paper 42.2 % 23.4 M of 40.6 M left');
    expect(figures).toMatch(/Parameters saved \d+\.\d %/);
    await card.getByText('FLOPs saved, exact').hover();
    await view.page.getByRole('tooltip').getByText('one multiply-add is counted once').waitFor();
  });

  test('tell how many pruned filters they have in common', async () => {
    const [a, b] = [l1, l2].map(({ history }) => history.prunings.at(-1)!.record!.layers[0]!.mask);
    const both = [...a!.keys()].filter((filter) => a![filter] === 0 && b![filter] === 0).length;
    const either = [...a!.keys()].filter((filter) => a![filter] === 0 || b![filter] === 0).length;
    const row = view.page.locator('.layer', { hasText: 'stem.conv' });
    expect(await row.locator('.overlap').innerText()).toBe(`${both}/${either}`);
  });

  test('cross out pruned filters', async () => {
    for (const [index, { history }] of [l1, l2].entries()) {
      const strip = view.page.getByRole('slider', { name: /^stem.conv: 12 of 16/ }).nth(index);
      const { mask } = history.prunings.at(-1)!.record!.layers[0]!;
      const centres = await stripPixels(strip, mask.length);
      // The cross has the grey of the text, a shaded cell is green.
      const crossed = centres.map(([red, green]) => Math.abs(red - green) < 8);
      expect(crossed).toEqual([...mask].map((kept) => kept === 0));
    }
  });

  test('are compared', async () => {
    await view.page.getByRole('button', { name: 'Compare' }).click();
    expect((await view.messages()).at(-1)).toEqual({ type: 'compare', runIds: [l1.manifest.id, l2.manifest.id] });
  });

  test('tell all of a filter under the pointer and under the keyboard', async () => {
    const strip = view.page.getByRole('slider', { name: /^stage1.block1.conv1/ }).first();
    await strip.scrollIntoViewIfNeeded();
    await view.settle();
    const box = (await strip.boundingBox())!;
    await view.page.mouse.move(box.x + 2, box.y + 4);
    const tooltip = view.page.getByRole('tooltip');
    await tooltip.getByText('stage1.block1.conv1, filter 0 of 16').waitFor();
    const { scores, mask } = l1.history.prunings.at(-1)!.record!.layers[1]!;
    expect(await tooltip.innerText()).toMatch(mask[0] === 1 ? /Kept (since|from)/ : /Pruned (since|from)/);
    expect(await tooltip.innerText()).toContain(`Score (L1 norm) ${scores[0]!.toPrecision(3)}`);

    await strip.focus();
    await view.page.keyboard.press('ArrowRight');
    await tooltip.getByText('stage1.block1.conv1, filter 1 of 16').waitFor();
    expect(await strip.getAttribute('aria-valuetext')).toContain('stage1.block1.conv1, filter 1 of 16');
    await view.page.keyboard.press('End');
    await tooltip.getByText('filter 15 of 16').waitFor();
    await view.page.keyboard.press('Escape');
    expect(await tooltip.isHidden()).toBe(true);
  });

  test('look back in time, and keep the place when the page is made again', async () => {
    const slider = view.page.getByRole('slider', { name: 'Look back at the pruning' });
    await slider.focus();
    await view.page.keyboard.press('Home');
    await view.page.getByText('Pruning before training').waitFor();
    await view.page.getByRole('button', { name: 'Next pruning' }).click();
    await view.page.getByText('Pruning after epoch 1', { exact: true }).waitFor();
    const first = l1.history.prunings[1]!.record!.layers[0]!.mask;
    const strip = view.page.getByRole('slider', { name: /^stem.conv/ }).first();
    const centres = await stripPixels(strip, first.length);
    expect(centres.map(([red, green]) => Math.abs(red - green) < 8)).toEqual([...first].map((kept) => kept === 0));

    await view.page.reload();
    await view.send({ type: 'runs', runs: [l1.history, l2.history] });
    await view.page.getByText('Pruning after epoch 1', { exact: true }).waitFor();
    await view.page.getByRole('button', { name: 'Newest' }).click();
    await view.page.getByText('Pruning after epoch 24').waitFor();
  });

  test('show the pruning that was chosen last when somebody has looked back faster than frames', async () => {
    const chosen = 5;
    await view.page.getByRole('slider', { name: 'Look back at the pruning' }).evaluate((element, last) => {
      const slider = element as HTMLInputElement;
      for (const at of [20, 3, 17, 9, 0, last]) {
        slider.value = String(at);
        slider.dispatchEvent(new Event('input'));
      }
    }, chosen);
    await view.page.getByText(`Pruning after epoch ${chosen}`, { exact: true }).waitFor();
    const [before, last] = [l1.history.prunings[chosen - 1]!, l1.history.prunings[chosen]!];
    for (const [index, name] of [
      [0, 'stem.conv'],
      [18, 'stage3.block3.conv2'],
    ] as const) {
      const row = view.page.locator('.layer', { hasText: name });
      await row.scrollIntoViewIfNeeded();
      const { filters, pruned, returned } = last.event.layers[index]!;
      expect(await row.locator('.kept').first().innerText()).toBe(`${filters - pruned}/${filters}`);
      expect(await row.locator('.returned').first().innerText()).toBe(returned > 0 ? `+${returned}` : '');
    }
    const [maskBefore, mask] = [before, last].map(({ record }) => record!.layers[0]!.mask) as [Uint8Array, Uint8Array];
    const centres = await stripPixels(view.page.getByRole('slider', { name: /^stem.conv/ }).first(), mask.length);
    // What came back has a grey dot.
    expect(centres.map(([red, green]) => Math.abs(red - green) < 8)).toEqual(
      [...mask].map((kept, filter) => kept === 0 || maskBefore[filter] === 0),
    );
  });

  test('are painted where they can be seen, on few canvases, which have no memory where they cannot', async () => {
    const deep = plausibleRun({ arch: 'resnet110', epochs: 2, criterion: 'l1' });
    await view.send({ type: 'runs', runs: [deep.history] });
    await view.page.getByText('stage3.block18.conv2').waitFor();
    const { layers } = deep.history.prunings.at(-1)!.record!;
    // Layers of one line of filters.
    for (const index of [0, 36, 2]) {
      const { name, mask } = layers[index]!;
      const strip = view.page.getByRole('slider', { name: new RegExp(`^${name}: `) });
      const centres = await stripPixels(strip, mask.length);
      expect(centres.every(([, , , alpha]) => alpha === 255)).toBe(true);
      const sizes = await view.page
        .locator('filter-sheet > canvas')
        .evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).width));
      expect(sizes).toHaveLength(Math.ceil(layers.length / 16));
      expect(sizes.filter((width) => width === 0).length).toBeGreaterThanOrEqual(2);
    }
  });

  test('give their curves as tables and as CSV', async () => {
    await view.page.getByText('Validation accuracy as table').click();
    const table = view.page.getByRole('grid', { name: 'Validation accuracy' });
    const { before } = l1.history.epochs[0]!;
    const text = (await table.innerText()).replaceAll(/\s+/g, ' ');
    expect(text).toContain(`1 ${(100 * before!.accuracy).toFixed(1)} %`);

    await view.page.getByRole('button', { name: 'Copy Loss as CSV' }).click();
    await view.page.getByText('Copied Loss as CSV.').waitFor();
    const csv = await view.page.evaluate(() => navigator.clipboard.readText());
    const { training } = l1.history.epochs[0]!;
    expect(csv.split('\n')[0]).toMatch(/^Epochs trained,L1: training,L1: validation,/);
    expect(csv.split('\n')[1]).toMatch(new RegExp(`^1,${training.loss},`));
  });

  test('copy a curve as picture', async () => {
    await view.page.getByRole('button', { name: 'Copy Validation accuracy as picture' }).click();
    await view.page.getByText('Copied Validation accuracy as picture.').waitFor();
    const types = await view.page.evaluate(async () =>
      (await navigator.clipboard.read()).flatMap(({ types }) => types),
    );
    expect(types).toContain('image/png');
  });

  test('draw their curves in the colours of a theme that comes later', async () => {
    const chart = view.page.getByRole('img', { name: /^Validation accuracy/ }).locator('canvas');
    const picture = () => chart.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    await view.settle();
    const dark = await picture();
    await view.page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-charts-blue', '#ff00ff');
    });
    await view.settle();
    expect(await picture()).not.toBe(dark);
  });
});

test('more than two runs: any two are shown side by side', async () => {
  const runs = [1, 2, 3].map((seed) => plausibleRun({ seed, epochs: 4, name: `seed-${seed}`, experiment }).history);
  await view.send({ type: 'runs', runs });
  await view.page.getByRole('combobox', { name: 'Run on the right' }).click();
  await view.page.getByRole('option', { name: 'C seed 3' }).click();
  await view.page.locator('.layer.heading').getByText('seed 3').waitFor();
  expect(await view.page.locator('.layer.heading').getByText('seed 2').count()).toBe(0);
});

test('without a validation part the training accuracy is drawn', async () => {
  await view.send({ type: 'runs', runs: [plausibleRun({ validation: 0, epochs: 4 }).history] });
  await view.page.getByRole('heading', { name: 'Training accuracy' }).waitFor();
});

test('a run that was broken off and went on: each pruning once, and every step leads on', async () => {
  const resumed = plausibleRun({ epochs: 6, killedIn: 3 });
  await view.send({ type: 'runs', runs: [historyAfter(resumed, 1)] });
  for (const delta of resumed.deltas.slice(1)) await view.send({ type: 'update', delta });
  await view.page.getByText('Pruning after epoch 6').waitFor();
  expect(await view.page.getByRole('slider', { name: 'Look back at the pruning' }).getAttribute('max')).toBe('6');
  for (const moment of ['after epoch 5', 'after epoch 4', 'after epoch 3', 'after epoch 2']) {
    await view.page.getByRole('button', { name: 'Pruning before' }).click();
    await view.page.getByText(`Pruning ${moment}`, { exact: true }).waitFor();
    const at = resumed.history.prunings.findIndex(({ event }) => `after epoch ${event.epoch + 1}` === moment);
    const [before, now] = [at - 1, at].map((index) => resumed.history.prunings[index]!);
    const row = view.page.locator('.layer', { hasText: 'stem.conv' });
    const { returned } = now!.event.layers[0]!;
    expect(await row.locator('.returned').innerText()).toBe(returned > 0 ? `+${returned}` : '');
    // What is pruned has a grey cross, what came back a grey dot: it was pruned at the pruning before, not at the same one twice.
    const [maskBefore, mask] = [before, now].map((pruning) => pruning!.record!.layers[0]!.mask);
    const centres = await stripPixels(row.locator('filter-strip'), mask!.length);
    expect(centres.map(([red, green]) => Math.abs(red - green) < 8)).toEqual(
      [...mask!].map((kept, filter) => kept === 0 || maskBefore![filter] === 0),
    );
  }
  for (const moment of ['after epoch 3', 'after epoch 4', 'after epoch 5', 'after epoch 6']) {
    await view.page.getByRole('button', { name: 'Next pruning' }).click();
    await view.page.getByText(`Pruning ${moment}`, { exact: true }).waitFor();
  }
});

test('masks that the settling epochs hold are settled from the last pruning on', async () => {
  const { history } = plausibleRun({ epochs: 6 });
  const pruning = { ...history.manifest.config.pruning, settleEpochs: 2 };
  const run = {
    ...history,
    manifest: { ...history.manifest, config: { ...history.manifest.config, pruning } },
    prunings: history.prunings.filter(({ event }) => event.epoch <= 3),
  };
  await view.send({ type: 'runs', runs: [{ ...run, prunings: run.prunings.slice(0, -1) }] });
  const figure = view.page.locator('.figures div', { hasText: 'Masks settled' });
  await figure.getByText('not yet').waitFor();
  await view.send({ type: 'runs', runs: [run] });
  await figure.getByText('held from there on').waitFor();
  expect((await figure.innerText()).replace(/\s+/g, ' ')).toBe('Masks settled epoch 4 held from there on');
});

describe('a damaged record', () => {
  const damagedNotice = /record of the pruning after epoch 3 is damaged or missing/;

  test('is said where the filters would be, beside how many were pruned', async () => {
    const damaged = plausibleRun({ criterion: 'l1', experiment, damaged: [3] });
    await view.send({ type: 'runs', runs: [damaged.history, l2.history] });
    await view.page.locator('.layer', { hasText: 'stem.conv' }).waitFor();
    expect(await view.page.getByText(damagedNotice).count()).toBe(0);
    const slider = view.page.getByRole('slider', { name: 'Look back at the pruning' });
    await slider.focus();
    await view.page.keyboard.press('Home');
    for (let step = 0; step < 3; step++) await view.page.keyboard.press('ArrowRight');
    await view.page.getByText(damagedNotice).waitFor();
    const row = view.page.locator('.layer', { hasText: 'stem.conv' });
    expect((await row.innerText()).replaceAll(/\s+/g, ' ')).toContain('12/16');
    expect(await row.getByText('not recorded').count()).toBe(1);
    expect(await row.locator('filter-strip').count()).toBe(1);
    expect(await row.locator('.overlap').innerText()).toBe('–');

    await view.page.getByRole('checkbox', { name: 'As text' }).click();
    const text = view.page.getByRole('grid', { name: 'Pruned filters by layer' });
    expect(await text.innerText()).toContain('4 filters, not recorded which');
    await view.page.getByRole('checkbox', { name: 'As text' }).click();

    // At the next pruning nobody knows any more which filters have just come back, only how many.
    await view.page.getByRole('button', { name: 'Next pruning' }).click();
    await view.page.getByText('Pruning after epoch 4', { exact: true }).waitFor();
    await row.locator('filter-strip').first().focus();
    await view.page.getByRole('tooltip').getByText('As far as can be told').waitFor();
  });

  test('of every pruning, as after damage to the head of the file, leaves the rest of the run', async () => {
    const all = plausibleRun({ epochs: 4, damaged: [0, 1, 2, 3, 4] });
    await view.send({ type: 'runs', runs: [all.history] });
    await view.page.getByText(/record of the pruning after epoch 4 is damaged or missing/).waitFor();
    await view.page.getByRole('heading', { name: 'Validation accuracy' }).waitFor();
    await view.page.getByRole('region', { name: 'Run resnet20-l2' }).getByText('FLOPs saved, exact').waitFor();
  });

  test('that comes late takes the place of the notice', async () => {
    const late = plausibleRun({ epochs: 10, epochsDone: 3, state: 'training' });
    const { prunings } = late.history;
    const newest = prunings.at(-1)!;
    const without = [...prunings.slice(0, -1), { ...newest, record: null }];
    await view.send({ type: 'runs', runs: [{ ...late.history, prunings: without }] });
    await view.page.getByText(damagedNotice).waitFor();
    const records = [{ number: newest.event.record, record: newest.record }];
    await view.send({ type: 'update', delta: { ...late.deltas.at(-1)!, events: [], records } });
    await view.page.getByRole('slider', { name: /^stem.conv/ }).waitFor();
    expect(await view.page.getByText(damagedNotice).count()).toBe(0);
  });
});

describe('a run with baselines', () => {
  const of = l1.manifest.id;
  const dense = plausibleRun({ criterion: 'l1', experiment, rate: 0, name: 'dense', baseline: { of, kind: 'dense' } });
  const hard = plausibleRun({
    criterion: 'l1',
    experiment,
    schedule: 'hard',
    name: 'hard',
    baseline: { of, kind: 'hard' },
  });
  const narrow = plausibleRun({
    state: 'training',
    rate: 0,
    experiment,
    name: 'narrow',
    baseline: { of, kind: 'narrow' },
  });
  const others = [dense, hard, narrow].map(({ history }) => history);

  test('calls them by their kind, and the runs by what differs between them', async () => {
    await view.send({ type: 'runs', runs: [l1.history, l2.history, ...others] });
    await view.page.getByRole('heading', { name: 'narrow from scratch' }).waitFor();
    const titles = await view.page.locator('.card h2').allTextContents();
    expect(titles).toEqual(['L1', 'L2', 'dense', 'hard', 'narrow from scratch']);
    // What the runs have in common is told, although their baselines have it not.
    await view.page.getByText(/30\s%\sof the filters pruned/).waitFor();
  });

  test('tells how far it is from those that have finished', async () => {
    await view.send({ type: 'runs', runs: [l1.history, ...others] });
    const card = view.page.getByRole('region', { name: `Run ${l1.manifest.name}` });
    const difference = l1.manifest.summary!.test!.accuracy - dense.manifest.summary!.test!.accuracy;
    const text = `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1).replace('-', '−')} points`;
    await card.getByText('Against dense').waitFor();
    expect(await card.getByText('Against narrow').count()).toBe(0);
    expect((await card.locator('div', { hasText: 'Against dense' }).last().innerText()).replace(/\s+/g, ' ')).toContain(
      text,
    );
  });

  test('offers to train those that it lacks', async () => {
    await view.send({ type: 'runs', runs: [l1.history, ...others] });
    await view.page.getByRole('region', { name: `Run ${l1.manifest.name}` }).waitFor();
    expect(await view.page.getByRole('button', { name: /Train baselines/ }).count()).toBe(0);
    await view.send({ type: 'runs', runs: [l1.history, others[0]!] });
    await view.page.getByRole('button', { name: `Train baselines of ${l1.manifest.name}` }).click();
    expect((await view.messages()).slice(1)).toEqual([{ type: 'trainBaselines', runId: of }]);
  });
});
