import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LayerGraph } from '../../../src/network/graph';
import { buildNetwork } from '../../../src/network/zoo';
import type { RunHistory } from '../../../src/runs/model/history';
import { denseNetwork, gatedNetwork } from '../../fixtures/branchingNetworks';
import { plausibleRun } from '../../fixtures/plausibleRun';
import { plausibleSensitivity } from '../../fixtures/plausibleSensitivity';
import { prunedNetwork } from '../../fixtures/prunedNetwork';
import { hoverForTip } from './hoverForTip';
import { ViewBrowser, type ViewName, type ViewPage } from './viewPage';
import type { ThemeName } from './themes';

const experiment = 'resnet20-l1-l2';
const l1 = plausibleRun({ criterion: 'l1', experiment }).history;
const l2 = plausibleRun({ criterion: 'l2', experiment }).history;
const running = plausibleRun({ criterion: 'l1', experiment, state: 'training' }).history;

const waiting = plausibleRun({ criterion: 'l2', experiment, state: 'created' }).history;
const lost = plausibleRun({ criterion: 'l1', experiment, state: 'lost' }).history;
const stopped = plausibleRun({ criterion: 'l2', experiment, state: 'stopped', epochsDone: 3 }).history;
const certified = (['l1', 'l2'] as const).map(
  (criterion) => plausibleRun({ criterion, experiment, certificate: { measured: criterion !== 'l2' } }).history,
);
const sweep = [1, 2, 3].flatMap((seed) =>
  (['l1', 'l2'] as const).map(
    (criterion) => plausibleRun({ criterion, seed, experiment: 'sweep', name: `sweep-${criterion}-${seed}` }).history,
  ),
);

const finishedOnes = ['finished', 'finished', 'finished', 'finished', 'finished'] as const;
const criteriaOfMany = ['l1', 'l2', 'fpgm', 'random'] as const;
/** A sweep in the middle: some runs have finished, two train, others wait, and one has failed. */
const many = [
  ...criteriaOfMany.flatMap((criterion, index) =>
    [1, 2, 3].map((seed) => {
      const state = ([...finishedOnes, 'training', 'training', 'failed'] as const)[3 * index + seed - 1] ?? 'created';
      const name = `study-${criterion}-seed${seed}`;
      const certificate = state === 'finished' ? {} : undefined;
      return plausibleRun({ criterion, seed, experiment: 'study', name, state, ...(certificate && { certificate }) })
        .history;
    }),
  ),
  plausibleRun({ criterion: 'l2', rate: 0, experiment: 'study', name: 'study-rate0', state: 'created' }).history,
];

const sensitive = { ...l2, sensitivity: plausibleSensitivity() };
const halfMeasured = {
  ...plausibleRun({ arch: 'resnet56', experiment: 'resnet56' }).history,
  sensitivity: plausibleSensitivity({ arch: 'resnet56', groups: 'coupled', measured: 20 }),
};

const animals = ['antelope', 'білка', 'cat', 'dog', 'Eichhörnchen', 'frog', 'αλεπού', 'حصان', 'zebra', 'żółw'];
const imported = plausibleRun({ network: denseNetwork([4, 6, 5]), classes: animals, certificate: {} }).history;

/** Opens what a summary with this text folds away. */
const unfold = async (page: Page, text: string): Promise<void> => {
  const summary = page.locator('summary', { hasText: text }).first();
  const isOpen = await summary.evaluate((element) => element.closest('details')?.open);
  if (!isOpen) await summary.click();
};

const openRates = async (page: Page): Promise<void> => {
  await unfold(page, 'Suggested rates as table');
  await page.evaluate(() => {
    scrollTo(0, 0);
  });
  await page.mouse.move(0, 0);
};

const of = l1.manifest.id;
const baselines = [
  plausibleRun({ criterion: 'l1', experiment, rate: 0, name: 'dense', baseline: { of, kind: 'dense' } }).history,
  plausibleRun({ criterion: 'l1', experiment, schedule: 'hard', name: 'hard', baseline: { of, kind: 'hard' } }).history,
  plausibleRun({
    criterion: 'l1',
    state: 'training',
    rate: 0,
    experiment,
    name: 'narrow',
    baseline: { of, kind: 'narrow' },
  }).history,
];

const resnet20 = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const dense = denseNetwork([4, 4]);
const gated = gatedNetwork([16, 32]);

interface Scene {
  readonly view: ViewName;
  readonly name: string;
  readonly runs: readonly RunHistory[];
  /** That of the first run, where networks are drawn. */
  readonly network?: LayerGraph;
  /** Texts that the picture shows, within its width. */
  readonly shows: readonly string[];
  /** How many canvases and strips it shows at least, all painted; none if left out. */
  readonly canvases?: number;
  readonly choices?: Readonly<Record<string, unknown>>;
  /** What the user does before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

const hoverFilter = async (page: Page): Promise<void> => {
  const strip = page.getByRole('slider', { name: /^stage2.block2.conv1/ }).first();
  const told = page.getByText('stage2.block2.conv1, filter').filter({ visible: true });
  // Scrolling takes the tooltip away, and goes on for a moment after the strip has come into sight.
  await expect
    .poll(
      async () => {
        await page.mouse.move(0, 0);
        await strip.hover({ position: { x: 60, y: 8 } });
        return told.count();
      },
      { timeout: 10_000, interval: 200 },
    )
    .toBeGreaterThan(0);
};

const openClasses = async (page: Page): Promise<void> => {
  await unfold(page, '10 classes');
};

const openReasons = async (page: Page): Promise<void> => {
  await unfold(page, 'Where the rest of the saving went');
};

const scenes: Scene[] = [
  { view: 'dashboard', name: 'empty', runs: [], shows: ['There is no run to show yet', 'Start SFP run'] },
  {
    view: 'dashboard',
    name: 'preparing',
    runs: [plausibleRun({ state: 'preparing' }).history],
    shows: ['Downloading CIFAR-10: 68 of 163 MB'],
  },
  {
    view: 'dashboard',
    name: 'running',
    runs: [running, waiting],
    shows: ['Running', 'Waiting', 'Validation accuracy', 'Loss', 'stem.conv'],
    canvases: 21,
  },
  {
    view: 'dashboard',
    name: 'finished',
    runs: [l1, l2],
    shows: ['Finished', 'FLOPs saved, exact', 'Validation accuracy', 'Loss', 'stage3.block3.conv2'],
    canvases: 40,
  },
  {
    view: 'dashboard',
    name: 'many-runs',
    runs: many,
    shows: ['5 of 13 finished', 'L1, seed 1', 'dense', 'Validation accuracy', 'Equal to the masked network'],
    canvases: 20,
    choices: { opened: [many[0]!.manifest.id] },
  },
  {
    view: 'dashboard',
    name: 'lost-checkpoints',
    runs: [
      {
        ...l2,
        lostCheckpoints: {
          how: 'damaged' as const,
          what: 'its checkpoint epoch-0011 is damaged',
          goesOnFrom: 'epoch-0010',
        },
      },
    ],
    shows: ['It has finished, but its checkpoint', 'Resume', 'Validation accuracy'],
    canvases: 21,
  },
  {
    view: 'dashboard',
    name: 'looking-back',
    runs: [l1, l2],
    shows: ['Pruning after epoch 5', 'stage2.block2.conv1, filter', 'Validation accuracy'],
    canvases: 40,
    choices: { epoch: 4 },
    act: hoverFilter,
  },
  {
    view: 'dashboard',
    name: 'as-text',
    runs: [l2],
    shows: ['Finished', 'stage3.block3.conv2', 'Validation accuracy'],
    canvases: 2,
    choices: { asText: true },
  },
  {
    view: 'dashboard',
    name: 'failed',
    runs: [plausibleRun({ state: 'failed', epochsDone: 7 }).history],
    shows: ['Failed', 'It failed after epoch 7', 'Open log'],
    canvases: 21,
  },
  {
    view: 'dashboard',
    name: 'lost-and-stopped',
    runs: [lost, stopped],
    shows: ['Lost', 'Stopped', 'It was stopped after epoch 3'],
    canvases: 40,
  },
  {
    view: 'dashboard',
    name: 'sweep',
    runs: sweep,
    shows: ['L1, seed 1', 'L2, seed 3', 'Compare', 'stem.conv'],
    canvases: 40,
  },
  {
    view: 'dashboard',
    name: 'sensitivity',
    runs: [l1, sensitive],
    shows: [
      'Agreement of the criteria',
      'Sensitivity of the layers',
      'stage3.block1 to stage3.block3',
      'Suggested rate',
      'Write suggested rates',
    ],
    canvases: 45,
    act: openRates,
  },
  {
    view: 'dashboard',
    name: 'sensitivity-half',
    runs: [halfMeasured],
    shows: ['20 of 30 are measured.', 'Go on measuring'],
    canvases: 63,
  },
  {
    view: 'dashboard',
    name: 'baselines',
    runs: [l1, l2, ...baselines],
    shows: ['dense', 'hard', 'narrow', 'Against dense', 'Train baselines', 'Running'],
    canvases: 40,
  },
  {
    view: 'dashboard',
    name: 'certified',
    runs: certified,
    shows: [
      'Equal to the masked network',
      'Time saved',
      'This processor computes 8',
      'so the times of the two networks were not measured',
    ],
    canvases: 40,
    act: openReasons,
  },
  {
    view: 'dashboard',
    name: 'imported',
    runs: [imported],
    shows: ['densenet.onnx on images', 'features.denseblock3.denselayer5.conv2', 'Eichhörnchen', 'Equal to the masked'],
    canvases: 35,
    act: openClasses,
  },
  { view: 'layers', name: 'empty', runs: [], shows: ['Select a run in the Runs view'] },
  {
    view: 'layers',
    name: 'preparing',
    runs: [plausibleRun({ state: 'preparing' }).history],
    shows: ['Downloading CIFAR-10', 'The filters appear'],
  },
  {
    view: 'layers',
    name: 'running',
    runs: [running],
    shows: ['Running', 'stem.conv', 'stage2.block2.conv1, filter', 'Score (L1 norm)'],
    canvases: 20,
    act: hoverFilter,
  },
  { view: 'layers', name: 'finished', runs: [l2], shows: ['Finished', 'stem.conv', '12/16'], canvases: 19 },
  {
    view: 'layers',
    name: 'imported',
    runs: [imported],
    shows: ['Finished', 'features.conv0', 'features.transition1.conv'],
    canvases: 20,
  },
  {
    view: 'layers',
    name: 'imported-over-time',
    runs: [imported],
    shows: ['before training', 'A row a filter, a column a pruning'],
    canvases: 1,
    choices: { tab: 'time', layer: 'features.denseblock3.denselayer5.conv1' },
  },
  {
    view: 'layers',
    name: 'as-text',
    runs: [l2],
    shows: ['stage1.block1.conv1', 'pruned', 'kept'],
    choices: { asText: true, opened: ['stage1.block1.conv1'] },
  },
  {
    view: 'layers',
    name: 'over-time',
    runs: [l2],
    shows: ['before training', 'epoch 24', 'A row a filter, a column a pruning'],
    canvases: 1,
    choices: { tab: 'time', layer: 'stage3.block1.conv1' },
  },
  { view: 'network', name: 'empty', runs: [], shows: ['Select a run in the Runs view'] },
  {
    view: 'layers',
    name: 'groups',
    runs: [l2],
    network: resnet20,
    shows: ['Is added to', 'stem.conv', 'stage1.block1.conv2'],
    canvases: 19,
    act: async (page) => {
      await page.getByRole('slider', { name: /^stage1.block2.conv2/ }).focus();
    },
  },
  {
    view: 'layers',
    name: 'gates',
    runs: [prunedNetwork(gated)],
    network: gated,
    shows: ['layers.0.0.se.fc2', 'is pruned on its own'],
    canvases: 5,
    act: async (page) => {
      await page.getByRole('slider', { name: /^layers.0.0.conv1/ }).focus();
    },
  },
  {
    view: 'network',
    name: 'preparing',
    runs: [plausibleRun({ state: 'preparing' }).history],
    network: resnet20,
    shows: ['Downloading CIFAR-10', 'Colours appear', 'stem.conv', '3x3, 3 → 16'],
  },
  {
    view: 'network',
    name: 'resnet20',
    runs: [l2],
    network: resnet20,
    shows: ['Finished', 'FLOPs saved', 'in all', 'stem.conv', '3x3, 3 → 12 of 16', 'add'],
    act: async (page) => {
      await hoverForTip(page.getByRole('button', { name: /^stage1.block2.conv1,/ }));
    },
  },
  {
    view: 'network',
    name: 'dense',
    runs: [prunedNetwork(dense)],
    network: dense,
    shows: ['FLOPs saved', 'features.conv0', 'concat'],
  },
  {
    view: 'network',
    name: 'gated',
    runs: [prunedNetwork(gated)],
    network: gated,
    shows: ['FLOPs saved', 'stem', 'multiply'],
    act: async (page) => {
      await hoverForTip(page.getByRole('button', { name: /^layers.0.0.conv1,/ }));
    },
  },
  {
    view: 'network',
    name: 'zoomed',
    runs: [prunedNetwork(gated)],
    network: gated,
    shows: ['FLOPs saved', 'layers.0.1.conv1'],
    choices: { zoom: 1.8, layer: 'layers.0.1.conv1' },
  },
  { view: 'compare', name: 'empty', runs: [], shows: ['A comparison needs two runs'] },
  {
    view: 'compare',
    name: 'two',
    runs: [l1, l2],
    shows: ['Compare 2 runs', 'Finished', 'Validation accuracy', 'stem.conv'],
    canvases: 40,
  },
  {
    view: 'compare',
    name: 'sweep',
    runs: sweep,
    shows: ['Compare 6 runs', 'L1, seed 1', 'training.batchSize', 'What the seeds tell', '3 seeds', 'stem.conv'],
    canvases: 40,
    choices: { sortBy: 'after', descending: true, settingsOpen: true },
  },
  {
    view: 'compare',
    name: 'baselines',
    runs: [l1, ...baselines],
    shows: ['dense', 'hard', 'narrow', 'What differs, and results'],
    canvases: 40,
  },
  {
    view: 'compare',
    name: 'certified',
    runs: certified,
    shows: ['What differs, and results', 'Time saved, 64 images'],
    canvases: 40,
    act: async (page) => {
      await page.getByRole('columnheader', { name: 'Time saved, 64 images' }).scrollIntoViewIfNeeded();
    },
  },
  {
    view: 'compare',
    name: 'imported',
    runs: [imported, l1],
    shows: ['densenet.onnx, images', 'resnet20, cifar10', 'features.denseblock1.denselayer1.conv1', 'stem.conv'],
    canvases: 40,
  },
  {
    view: 'compare',
    name: 'seeds',
    runs: sweep,
    shows: ['L1, mean of 3 seeds', 'L2, mean of 3 seeds'],
    canvases: 2,
    choices: { grouped: true },
  },
];
/** A sentence and a button on an empty page are this much; smooth letters alone have more colours. */
const leastInk = 0.002;
const leastColours = 16;
const sizes: Readonly<Record<ViewName, readonly number[]>> = {
  dashboard: [420, 900, 1500],
  layers: [260, 380],
  network: [300, 640],
  compare: [320, 480, 900, 1280],
};

/** Runs in the page: which of its visible canvases, and strips on a canvas that they share, have nothing on them, of how many. */
function canvasesOf(): { count: number; blank: string[] } {
  const painted = [...document.querySelectorAll('canvas, filter-strip')].filter(
    (element) => element.checkVisibility() && !element.matches('filter-sheet > canvas'),
  );
  const isBlank = (element: Element): boolean => {
    const canvas = element.closest('filter-sheet')?.querySelector('canvas') ?? (element as HTMLCanvasElement);
    const [place, whole] = [element, canvas].map((box) => box.getBoundingClientRect());
    const scale = canvas.width / whole!.width;
    const box = [place!.left - whole!.left, place!.top - whole!.top, place!.width, place!.height] as const;
    const [left, top, width, height] = box.map((value) => Math.floor(value * scale)) as [
      number,
      number,
      number,
      number,
    ];
    return (
      canvas.width === 0 ||
      canvas.height === 0 ||
      !canvas
        .getContext('2d')!
        .getImageData(left, top, width, height)
        .data.some((value) => value > 0)
    );
  };
  const nameOf = (element: Element): string =>
    element.closest('[aria-label]')?.getAttribute('aria-label') ?? element.parentElement?.tagName ?? '';
  const isInSight = (element: Element): boolean => element.getBoundingClientRect().top < window.innerHeight;
  return { count: painted.length, blank: painted.filter(isInSight).filter(isBlank).map(nameOf) };
}

/** What comes into sight is drawn when the browser has told so, which takes a busy machine a while. */
async function expectDrawn(page: Page): Promise<void> {
  await expect.poll(async () => (await page.evaluate(canvasesOf)).blank, { timeout: 5000 }).toEqual([]);
}

/** The share of a picture's pixels that have another colour than its paper, the commonest one. */
function inked(picture: Uint8Array): { share: number; colours: number } {
  const { data, width, height, channels } = decode(picture);
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += channels) {
    const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return { share: 1 - Math.max(...counts.values()) / (width * height), colours: counts.size };
}

/** What must be there for the picture to be worth looking at. */
async function expectContent({ page }: ViewPage, { shows, canvases = 0 }: Scene, width: number): Promise<void> {
  for (const text of shows) {
    const places = await page.getByText(text).filter({ visible: true }).all();
    const boxes = await Promise.all(places.map((place) => place.boundingBox()));
    const isSeen = boxes.some((box) => box !== null && box.width > 0 && box.height > 0 && box.x >= 0 && box.x < width);
    expect(isSeen, `"${text}" is in the picture`).toBe(true);
  }
  const { count } = await page.evaluate(canvasesOf);
  expect(count).toBeGreaterThanOrEqual(canvases);
}

/** Cards with shaded and bordered figures of their own are looked at in both high contrasts. */
const inBothContrasts = new Set(['certified', 'sensitivity', 'baselines', 'dense', 'groups']);

function themesOf({ name }: Scene): ThemeName[] {
  return ['dark', 'light', 'hc', ...(inBothContrasts.has(name) ? (['hcLight'] as const) : [])];
}

/** Narrow and wide in every theme; what is between differs by its layout alone. */
function widthsOf({ view }: Scene, theme: ThemeName): readonly number[] {
  const all = sizes[view];
  return theme === 'dark' ? all : all.filter((_, index) => index === 0 || index === all.length - 1);
}

/** Takes pictures of these views in all their scenes, in a file of tests of their own, as they take most of the time of all views. */
export function takePicturesOf(views: readonly ViewName[]): void {
  let browser: ViewBrowser;
  beforeAll(async () => {
    browser = await ViewBrowser.start();
  });
  afterAll(async () => {
    await browser.stop();
  });

  for (const scene of scenes.filter(({ view }) => views.includes(view)))
    describe(`${scene.view}, ${scene.name}`, () => {
      takePictures(scene, () => browser);
    });
}

/** A scene is opened once: its themes and widths change under it as they do in VS Code, which is also much quicker. */
function takePictures(scene: Scene, browser: () => ViewBrowser): void {
  let opened: ViewPage | null = null;
  const openedPage = async (): Promise<ViewPage> => (opened ??= await openScene(browser(), scene));
  afterEach(async ({ task }) => {
    // What failed is tried again on a page that it has not touched.
    if (task.result?.state === 'pass') return;
    await opened?.close();
    opened = null;
  });
  afterAll(async () => {
    await opened?.close();
  });

  for (const theme of themesOf(scene))
    for (const width of widthsOf(scene, theme))
      test(`${theme}, ${width} px`, async () => {
        await takePicture(await openedPage(), scene, theme, width);
      });
}

async function openScene(browser: ViewBrowser, { view, runs, network, choices = {} }: Scene): Promise<ViewPage> {
  const page = await browser.open(view, { choices });
  await page.send({ type: 'runs', runs });
  if (network) await page.send({ type: 'network', id: runs[0]!.manifest.id, network: { graph: network } });
  await page.page.locator('main').waitFor();
  return page;
}

async function takePicture(page: ViewPage, scene: Scene, theme: ThemeName, width: number): Promise<void> {
  const { view, name, act } = scene;
  await page.wear(theme);
  await page.page.setViewportSize({ width, height: 800 });
  await page.settle();
  const isInSideBar = view === 'layers' || view === 'network';
  if (!isInSideBar) await page.showAll();
  await act?.(page.page);
  // What was opened has moved the rest out of sight, where it is not drawn.
  if (act && view === 'dashboard') await page.showAll();
  await expectDrawn(page.page);
  const picture = await page.screenshot(`${view}-${name}-${theme}-${width}`, !isInSideBar);
  await expectContent(page, scene, width);
  const { share, colours } = inked(picture);
  expect(share).toBeGreaterThan(leastInk);
  expect(colours).toBeGreaterThan(leastColours);
  expect(await page.violations()).toEqual([]);
  expect(await page.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
}
