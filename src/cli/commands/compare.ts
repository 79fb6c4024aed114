import type { SeedGroup, SummaryRow } from '../../runs/model/comparison';
import { readHistory } from '../../runs/folder/reader';
import { compareRuns, differencesInWords, seedPath, type Comparison } from '../comparison';
import { percent, speed, unknown } from '../figures';
import { UsageError } from '../problems';
import { findRun, runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

/** `sfp compare`: runs side by side, what differs first. */
export async function compare(
  runs: readonly string[],
  options: { readonly runs?: string; readonly json?: boolean },
): Promise<void> {
  const runsFolder = await runsFolderOf(options.runs);
  const folders = new Set(await Promise.all(runs.map((run) => findRun(run, runsFolder))));
  if (folders.size < 2) throw new UsageError('Comparing needs two different runs or more.');
  const comparison = compareRuns(await Promise.all([...folders].map(readHistory)));
  if (options.json) printJson(comparison);
  else printComparison(comparison);
}

const right = (title: string) => ({ title, align: 'right' as const });

function printComparison(comparison: Comparison): void {
  const { bold, dim } = colours();
  const { differences, runs, groups } = comparison;
  print(bold(differencesInWords(differences)));
  print('');
  const columns = [
    ...differences.map(({ path }) => ({ title: path.slice(path.lastIndexOf('.') + 1) })),
    { title: 'run' },
    ...['before', 'after', 'test', 'FLOPs paper', 'exact', 'images/s', 'overlap'].map(right),
    { title: '' },
  ];
  const rows = runs.flatMap((run, index) => {
    const settings = differences.map(({ values }) => setting(values[index]));
    const group = groups.find(({ ids }) => ids.at(-1) === run.id);
    const row = [...settings, run.name, ...figures(run), run.status === 'finished' ? '' : statusText(run.status)];
    if (group === undefined) return [row];
    const shared = differences.map((difference, at) => (difference.path === seedPath ? '' : (settings[at] ?? '')));
    return [row, [...shared, `mean ± std of ${group.ids.length} seeds`, ...means(group), ''].map((cell) => bold(cell))];
  });
  print(table(columns, rows, dim));
  print('');
  print(
    dim(
      `before, after: validation accuracy around the newest pruning; FLOPs: saved by pruning, in two ways of counting`,
    ),
  );
  print(dim('overlap: filters pruned in both over filters pruned in either, against the first run'));
}

function setting(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function figures(run: SummaryRow): string[] {
  return [
    percent(run.before),
    percent(run.after),
    percent(run.test),
    saved(run.reductionPaper),
    saved(run.reductionExact),
    speed(run.imagesPerSecond),
    percent(run.overlap, 1),
  ];
}

function saved(reduction: number | null): string {
  return reduction === null ? unknown : `-${percent(reduction, 1)}`;
}

function means({ statistics }: SeedGroup): string[] {
  const { before, after, test, reductionPaper, reductionExact, imagesPerSecond, overlap } = statistics;
  const spread = (value: typeof before, digits: number): string =>
    value === null ? unknown : `${(100 * value.mean).toFixed(digits)} ± ${percent(value.deviation ?? 0, digits)}`;
  return [
    spread(before, 2),
    spread(after, 2),
    spread(test, 2),
    saved(reductionPaper?.mean ?? null),
    saved(reductionExact?.mean ?? null),
    imagesPerSecond === null ? unknown : `${speed(imagesPerSecond.mean)} ± ${speed(imagesPerSecond.deviation ?? 0)}`,
    spread(overlap, 1),
  ];
}
