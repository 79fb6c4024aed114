import { seedPath } from '../../src/config/differences';
import { differingSettings, seedGroups, summaryRows, type Figures } from '../../src/runs/model/comparison';
import type { RunHistory } from '../../src/runs/model/history';
import { settingsInWords, settingText } from '../../src/runs/model/settingsInWords';
import { statistic, type Statistic } from '../../src/statistics/sample';
import type { RunLabel } from '../components/runLabels';

/** A row of the comparison: a run, or runs that differ by their seed alone. */
export interface ComparedRow {
  readonly key: string;
  readonly label: RunLabel;
  readonly runs: readonly RunHistory[];
  /** The settings that differ between the compared runs, by path. */
  readonly settings: ReadonlyMap<string, string>;
  readonly figures: Readonly<Record<keyof Figures, Statistic | null>>;
  /** How many of the runs have a compact network, and of how many that is the masked one. */
  readonly certified: number;
  readonly equal: number;
}

/** A row for each run, in their order; with `grouped`, one for each group of seeds. */
export function comparedRows(
  runs: readonly RunHistory[],
  labels: readonly RunLabel[],
  grouped: boolean,
): ComparedRow[] {
  const rows = singleRows(runs, labels);
  if (!grouped) return rows;
  const words = settingsInWords(runs, [seedPath]);
  const groupOf = new Map(seedGroups(runs).flatMap((group) => group.ids.map((id) => [id, group])));
  return rows.flatMap((row, index) => {
    const group = groupOf.get(row.key);
    if (!group) return [row];
    if (group.ids[0] !== row.key) return [];
    return [
      mergedRow(
        rows.filter(({ key }) => group.ids.includes(key)),
        group.statistics,
        words[index]!,
      ),
    ];
  });
}

function singleRows(runs: readonly RunHistory[], labels: readonly RunLabel[]): ComparedRow[] {
  const differences = differingSettings(runs);
  return summaryRows(runs).map((figures, index) => ({
    key: figures.id,
    label: labels[index]!,
    runs: [runs[index]!],
    settings: new Map(differences.map(({ path, values }) => [path, settingText(values[index])])),
    certified: figures.compactEqual === null ? 0 : 1,
    equal: figures.compactEqual ? 1 : 0,
    figures: {
      before: statistic([figures.before]),
      after: statistic([figures.after]),
      test: statistic([figures.test]),
      reductionPaper: statistic([figures.reductionPaper]),
      reductionExact: statistic([figures.reductionExact]),
      imagesPerSecond: statistic([figures.imagesPerSecond]),
      overlap: statistic([figures.overlap]),
      compactAccuracy: statistic([figures.compactAccuracy]),
      timeSaved64: statistic([figures.timeSaved64]),
      timeSaved1: statistic([figures.timeSaved1]),
    },
  }));
}

/** Seeds in their order, whichever run was started first. */
const byNumber = new Intl.Collator('en', { numeric: true }).compare;

/** `words` tell the runs of the row from those of others. */
function mergedRow(rows: readonly ComparedRow[], figures: ComparedRow['figures'], words: string): ComparedRow {
  const first = rows[0]!;
  const merged = [...first.settings.keys()].map((path): [string, string] => [
    path,
    [...new Set(rows.map(({ settings }) => settings.get(path)!))].sort(byNumber).join(', '),
  ]);
  const mean = `mean of ${rows.length} seeds`;
  const label = words === '' ? mean : `${words}, ${mean}`;
  return {
    key: rows.map(({ key }) => key).join(' '),
    label: { ...first.label, label },
    runs: rows.flatMap(({ runs }) => runs),
    settings: new Map(merged),
    figures,
    certified: rows.reduce((sum, { certified }) => sum + certified, 0),
    equal: rows.reduce((sum, { equal }) => sum + equal, 0),
  };
}

export interface FigureColumn {
  readonly key: keyof Figures;
  readonly title: string;
  readonly hint: string;
  readonly unit: 'fraction' | 'plain';
  /** The largest value is marked. */
  readonly more: boolean;
}

const flops = 'FLOPs are multiply-adds of all convolutions for one image; one multiply-add is counted once.\n';
const timeSaved =
  'Measured time of a forward pass that the compact network saves beside the masked one, on the machine that compacted it.\n';

export const figureColumns: readonly FigureColumn[] = [
  {
    key: 'after',
    title: 'After pruning',
    hint: 'Validation accuracy after the newest pruning.',
    unit: 'fraction',
    more: true,
  },
  {
    key: 'before',
    title: 'Before pruning',
    hint: 'Validation accuracy before the newest pruning.',
    unit: 'fraction',
    more: true,
  },
  {
    key: 'test',
    title: 'Test',
    hint: 'Accuracy on the test images, measured once at the end.',
    unit: 'fraction',
    more: true,
  },
  {
    key: 'reductionExact',
    title: 'FLOPs saved, exact',
    hint: `${flops}Exact: the network that can really be built, with whole filters.`,
    unit: 'fraction',
    more: true,
  },
  {
    key: 'reductionPaper',
    title: 'FLOPs saved, paper',
    hint: `${flops}Paper: with the kept fraction 1 − rate taken without rounding.`,
    unit: 'fraction',
    more: true,
  },
  {
    key: 'compactAccuracy',
    title: 'Compact, test',
    hint: 'Accuracy of the compact network on the test images.',
    unit: 'fraction',
    more: true,
  },
  {
    key: 'timeSaved64',
    title: 'Time saved, 64 images',
    hint: `${timeSaved}With 64 images at a time and all threads.`,
    unit: 'fraction',
    more: true,
  },
  {
    key: 'timeSaved1',
    title: 'Time saved, 1 image',
    hint: `${timeSaved}With one image at a time and all threads.`,
    unit: 'fraction',
    more: true,
  },
  {
    key: 'overlap',
    title: 'Masks as in A',
    hint: 'Filters pruned in both this run and A, over filters pruned in either, in all layers.',
    unit: 'fraction',
    more: false,
  },
  { key: 'imagesPerSecond', title: 'Images/s', hint: 'Mean over the epochs.', unit: 'plain', more: false },
];
