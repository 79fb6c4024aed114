import type { PoolSensitivity, Sensitivity } from '../../src/runs/model/sensitivity';
import type { ChartAxis, ChartContent } from '../components/chartContent';
import { percent } from '../components/numbers';

/** Lines that a chart may have: as many as there are colours that can be told apart. */
const mostLines = 6;

const rateAxis: ChartAxis = {
  title: 'Rate',
  column: 'Rate',
  format: (rate) => percent(rate, 0),
  at: (rate) => `at a rate of ${percent(rate, 0)}`,
  increments: [0.1, 0.2, 0.5],
  key: 'rates',
};

const hint =
  'Accuracy on validation images when this layer alone is pruned by the rate, and nothing is trained.\n' +
  'Filters that the checkpoint has pruned already count, so that the line is level up to their share.';

/**
 * Accuracy against rate, a line a layer; as small charts of the layers of one part of the network each, with one scale for all.
 * `rate` is that of the run.
 */
export function sensitivityCharts({ base, pools, subject }: Sensitivity, rate: number): ChartContent[] {
  const x = [0, ...subject.rates];
  const accuracies = pools.flatMap(({ points }) => points.map(({ accuracy }) => accuracy));
  const low = Math.floor(10 * Math.min(base.accuracy, ...accuracies)) / 10;
  const high = Math.ceil(10 * Math.max(base.accuracy, ...accuracies)) / 10;
  return chartsOf(pools).map((shown) => ({
    title: titleOf(shown),
    hint,
    x,
    xMax: subject.rates.at(-1)!,
    axis: rateAxis,
    unit: 'fraction',
    yRange: [low, Math.max(high, low + 0.1)],
    measures: [{ name: 'accuracy', line: 'solid', format: percent }],
    runs: shown.map((pool, index) => ({
      letter: String(index + 1),
      label: poolLabel(pool),
      colour: index,
      values: [[base.accuracy, ...pool.points.map(({ accuracy }) => accuracy)]],
    })),
    marks: marksAt(rate),
    selected: null,
    empty: '',
  }));
}

/** The rate of the run; a chart labels its beginning too. */
function marksAt(rate: number): ChartContent['marks'] {
  return [
    { x: 0, label: '' },
    { x: rate, label: `rate ${rate}` },
  ];
}

/** A layer by its name; coupled ones by the first, and how many there are beside it. */
export function poolLabel({ name, layers }: Pick<PoolSensitivity, 'name' | 'layers'>): string {
  return layers.length === 1 ? name : `${name} + ${layers.length - 1}`;
}

/** Layers whose names begin alike stand together, and few enough to be told apart. */
function chartsOf(pools: readonly PoolSensitivity[]): PoolSensitivity[][] {
  const parts = new Map<string, PoolSensitivity[]>();
  for (const pool of pools) {
    const part = pool.name.split('.')[0]!;
    parts.set(part, [...(parts.get(part) ?? []), pool]);
  }
  return [...parts.values()].flatMap((part) => {
    const charts = Math.ceil(part.length / mostLines);
    const lines = Math.ceil(part.length / charts);
    return Array.from({ length: charts }, (_, index) => part.slice(index * lines, (index + 1) * lines));
  });
}

/** What the names of the layers have in common; where that is nothing, the first and the last. */
function titleOf(pools: readonly PoolSensitivity[]): string {
  const [first, last] = [pools[0]!.name, pools.at(-1)!.name];
  if (first === last) return first;
  const parts = [first, last].map((name) => name.split('.')) as [string[], string[]];
  const common = parts[0].findIndex((word, index) => word !== parts[1][index]);
  const [from, to] = parts.map((words) => words.slice(0, common + 1).join('.'));
  return parts[0].length > 2 ? `${from} to ${to}` : `${first} to ${last}`;
}
