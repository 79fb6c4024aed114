import type { Figures } from '../runs/model/comparison';
import { settingText } from '../runs/model/settingsInWords';
import { asCsv, asMarkdown, type Cell } from '../runs/model/tableText';
import type { Comparison } from './comparison';
import { percent, speed, unknown } from './figures';

const figures: readonly (keyof Figures)[] = [
  'before',
  'after',
  'test',
  'reductionPaper',
  'reductionExact',
  'compactAccuracy',
  'timeSaved64',
  'timeSaved1',
  'imagesPerSecond',
  'overlap',
];

/** A row a run for other programs: settings that differ by their paths, figures as numbers and fractions, empty where unknown. */
export function comparisonAsCsv({ differences, runs }: Comparison): string {
  const header = ['run', 'id', 'status', 'epochs', ...differences.map(({ path }) => path), ...figures, 'compactEqual'];
  const rows = runs.map((run, index): Cell[] => [
    run.name,
    run.id,
    run.status,
    run.epochs,
    ...differences.map(({ values }) => settingText(values[index])),
    ...figures.map((figure) => run[figure]),
    run.compactEqual === null ? null : String(run.compactEqual),
  ]);
  return asCsv([header, ...rows]);
}

/** A table for a page or a paper's draft, with what the seeds tell as a list under it. */
export function comparisonAsMarkdown({ differences, runs, duels, fronts, bestRates }: Comparison): string {
  const known = figures.filter((figure) => runs.some((run) => run[figure] !== null));
  const header = ['Run', ...differences.map(({ path }) => path), ...known.map((figure) => titles[figure])];
  const rows = runs.map((run, index): Cell[] => [
    run.name,
    ...differences.map(({ values }) => settingText(values[index])),
    ...known.map((figure) => inWords(figure, run[figure])),
  ]);
  const sentences = [...duels, ...fronts, ...bestRates].map(({ sentence }) => `- ${sentence}\n`).join('');
  return asMarkdown([header, ...rows]) + (sentences === '' ? '' : `\n${sentences}`);
}

const titles: Readonly<Record<keyof Figures, string>> = {
  before: 'Validation, before pruning',
  after: 'after pruning',
  test: 'Test',
  reductionPaper: 'FLOPs saved, paper',
  reductionExact: 'exact',
  compactAccuracy: 'Test, compact',
  timeSaved64: 'Time saved, 64 images',
  timeSaved1: '1 image',
  imagesPerSecond: 'Images/s',
  overlap: 'Masks in common with the first',
};

function inWords(figure: keyof Figures, value: number | null): string {
  if (value === null) return unknown;
  return figure === 'imagesPerSecond' ? speed(value) : percent(value, 2);
}
