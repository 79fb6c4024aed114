import { mapInTurns } from '../../base/turns';
import { seedPath } from '../../config/differences';
import type { SeedGroup, SummaryRow } from '../../runs/model/comparison';
import { readOutline } from '../../runs/folder/reader';
import { compareRuns, differencesInWords, type Comparison } from '../comparison';
import { comparisonAsCsv, comparisonAsMarkdown } from '../comparisonText';
import { percent, speed, unknown } from '../figures';
import { UsageError } from '../problems';
import { findRuns, runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

/** More at once would only take memory: it is the processor that is waited for. */
const readAtOnce = 2;

export interface CompareOptions {
  readonly runs?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly markdown?: boolean;
  /** Percentage points of accuracy that pruning may cost. */
  readonly drop?: number;
}

/** `sfp compare`: runs side by side, what differs first. */
export async function compare(runs: readonly string[], options: CompareOptions): Promise<void> {
  const runsFolder = await runsFolderOf(options.runs);
  const folders = new Set(await findRuns(runs, runsFolder));
  if (folders.size < 2) throw new UsageError('Comparing needs two different runs or more.');
  const comparison = compareRuns(
    await mapInTurns([...folders], readAtOnce, readOutline),
    options.drop === undefined ? null : options.drop / 100,
  );
  if (options.json) printJson(comparison);
  else if (options.csv) print(comparisonAsCsv(comparison).trimEnd());
  else if (options.markdown) print(comparisonAsMarkdown(comparison).trimEnd());
  else printComparison(comparison);
}

const right = (title: string) => ({ title, align: 'right' as const });

function printComparison(comparison: Comparison): void {
  const { bold, dim } = colours();
  const { differences, runs, groups } = comparison;
  print(bold(differencesInWords(differences)));
  print('');
  const isCompacted = runs.some(({ compactAccuracy }) => compactAccuracy !== null);
  const compactColumns = isCompacted ? ['compact', 'equal', 'time 64', 'time 1'] : [];
  const columns = [
    ...differences.map(({ path }) => ({ title: path.slice(path.lastIndexOf('.') + 1) })),
    { title: 'run' },
    ...['before', 'after', 'test', 'FLOPs paper', 'exact', ...compactColumns, 'images/s', 'overlap'].map(right),
    { title: '' },
  ];
  const rows = runs.flatMap((run, index) => {
    const settings = differences.map(({ values }) => setting(values[index]));
    const group = groups.find(({ ids }) => ids.at(-1) === run.id);
    const row = [
      ...settings,
      run.name,
      ...figures(run, isCompacted),
      run.status === 'finished' ? '' : statusText(run.status),
    ];
    if (group === undefined) return [row];
    const shared = differences.map((difference, at) => (difference.path === seedPath ? '' : (settings[at] ?? '')));
    return [
      row,
      [...shared, `mean ± std of ${group.ids.length} seeds`, ...means(group, isCompacted), ''].map((cell) =>
        bold(cell),
      ),
    ];
  });
  print(table(columns, rows, dim));
  print('');
  print(
    dim(
      `before, after: validation accuracy around the newest pruning; FLOPs: saved by pruning, in two ways of counting`,
    ),
  );
  if (isCompacted)
    print(
      dim(
        'compact: test accuracy of the compact network; equal: whether its logits are those of the masked one; time 64, time 1: what it really saves beside the masked one,\n' +
          'with 64 images at a time and with one, on all threads',
      ),
    );
  print(dim('overlap: filters pruned in both over filters pruned in either, against the first run'));
  printDuels(comparison);
  printCosts(comparison);
}

function printCosts({ fronts, bestRates }: Comparison): void {
  const sentences = [...fronts, ...bestRates].map(({ sentence }) => sentence);
  if (sentences.length === 0) return;
  print(`\n${colours().bold('What accuracy costs')}`);
  for (const sentence of sentences) print(sentence);
}

/** More would not be read; `--json` has all. */
const mostSentences = 20;

function printDuels({ duels }: Comparison): void {
  if (duels.length === 0) return;
  const { bold, dim } = colours();
  print(`\n${bold('What the seeds tell')}`);
  for (const { sentence } of duels.slice(0, mostSentences)) print(sentence);
  if (duels.length > mostSentences) print(dim(`and ${duels.length - mostSentences} more, which --json tells.`));
  print(dim('Each interval is for one comparison by itself, from pairs of runs of one seed (Student’s t).'));
}

function setting(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function figures(run: SummaryRow, isCompacted: boolean): string[] {
  return [
    percent(run.before),
    percent(run.after),
    percent(run.test),
    saved(run.reductionPaper),
    saved(run.reductionExact),
    ...(isCompacted ? [percent(run.compactAccuracy), equal(run), saved(run.timeSaved64), saved(run.timeSaved1)] : []),
    speed(run.imagesPerSecond),
    percent(run.overlap, 1),
  ];
}

function equal({ compactEqual }: SummaryRow): string {
  return compactEqual === null ? unknown : compactEqual ? 'yes' : 'NO';
}

/** What became less has a minus. */
function saved(reduction: number | null): string {
  if (reduction === null) return unknown;
  return `${reduction < 0 ? '+' : '-'}${percent(Math.abs(reduction), 1)}`;
}

function speeds(value: SeedGroup['statistics']['imagesPerSecond']): string {
  if (value === null) return unknown;
  return value.deviation === null ? speed(value.mean) : `${speed(value.mean)} ± ${speed(value.deviation)}`;
}

function means({ statistics }: SeedGroup, isCompacted: boolean): string[] {
  const { before, after, test, reductionPaper, reductionExact, imagesPerSecond, overlap } = statistics;
  const { compactAccuracy, timeSaved64, timeSaved1 } = statistics;
  const spread = (value: typeof before, digits: number): string => {
    if (value === null) return unknown;
    // Where one run alone knows the figure, nothing is known of how it spreads.
    if (value.deviation === null) return percent(value.mean, digits);
    return `${(100 * value.mean).toFixed(digits)} ± ${percent(value.deviation, digits)}`;
  };
  return [
    spread(before, 2),
    spread(after, 2),
    spread(test, 2),
    saved(reductionPaper?.mean ?? null),
    saved(reductionExact?.mean ?? null),
    ...(isCompacted ? [spread(compactAccuracy, 2), unknown, spread(timeSaved64, 1), spread(timeSaved1, 1)] : []),
    speeds(imagesPerSecond),
    spread(overlap, 1),
  ];
}
