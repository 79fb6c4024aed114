import { baselineTitles } from '../../config/baselines';
import { seedLast, seedPath, type Difference } from '../../config/differences';
import {
  differingSettings,
  figureStatistics,
  groupedBySeed,
  summaryRows,
  type FigureStatistics,
  type SummaryRow,
} from '../../runs/model/comparison';
import type { RunHistory } from '../../runs/model/history';
import { settingsInWords } from '../../runs/model/settingsInWords';
import { judgedByOf, type JudgedBy } from '../../runs/model/finishedSettings';
import { shortened } from '../text/numbers';
import { placelessRuns } from './placelessRuns';

/** A run, and its figures. */
export interface ReportedRun {
  readonly history: RunHistory;
  readonly row: SummaryRow;
}

/** Runs whose settings differ by the seed alone. */
export interface Setting {
  /** By which it is drawn, the same in all figures. */
  readonly series: number;
  /** What tells it from the others. */
  readonly label: string;
  readonly runs: readonly ReportedRun[];
  /** Unfinished runs would distort a mean. */
  readonly finished: readonly ReportedRun[];
  /** Of the finished runs. */
  readonly statistics: FigureStatistics;
}

/** What a report tells of. */
export interface Subject {
  readonly settings: readonly Setting[];
  /** All of them, settings by settings. */
  readonly runs: readonly ReportedRun[];
  readonly differences: readonly Difference[];
  /** The test accuracy where every finished run knows it, else that on the validation part after pruning. */
  readonly judgedBy: JudgedBy;
}

const longestLabel = 90;

/** Puts runs in an order of their own, whatever the order in which they were given, and together what differs by seed alone. */
export function subjectOf(given: readonly RunHistory[]): Subject {
  const histories = groupedBySeed(placelessRuns(inOrder(given))).map(bySeed);
  const rows = summaryRows(histories.flat());
  const rowOf = new Map(histories.flat().map((history, index) => [history, rows[index]!]));
  const labels = labelsOf(histories);
  const settings = histories.map((group, series): Setting => {
    const runs = group.map((history) => ({ history, row: rowOf.get(history)! }));
    const finished = runs.filter(({ row }) => row.status === 'finished');
    const statistics = figureStatistics(finished.map(({ row }) => row));
    return { series, label: labels[series]!, runs, finished, statistics };
  });
  const finished = settings.flatMap((setting) => setting.finished);
  return {
    settings,
    runs: settings.flatMap(({ runs }) => runs),
    differences: seedLast(differingSettings(histories.flat())),
    judgedBy: judgedByOf(finished.map(({ row }) => row)),
  };
}

function inOrder(runs: readonly RunHistory[]): RunHistory[] {
  const key = ({ manifest: { created, id } }: RunHistory): string => `${created}\n${id}`;
  return runs.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** A run that was made later, or anew, stands where its seed does. */
function bySeed(runs: readonly RunHistory[]): RunHistory[] {
  return runs.toSorted((a, b) => a.manifest.config.training.seed - b.manifest.config.training.seed);
}

/** Baselines are called by their kind; what differs between the others are their settings, else only their names. */
function labelsOf(groups: readonly (readonly RunHistory[])[]): string[] {
  const judged = groups.filter(([first]) => !first!.manifest.baseline).flat();
  const told = settingsInWords(judged, [seedPath]);
  const words = new Map(judged.map((run, index) => [run, told[index]!]));
  const labels = groups.map(([first]) => {
    const { baseline } = first!.manifest;
    return baseline ? baselineTitles[baseline.kind] : words.get(first!)!;
  });
  return labels.map((label, index) => {
    const isTelling = label !== '' && labels.filter((other) => other === label).length === 1;
    return shortened(isTelling ? label : groups[index]![0]!.manifest.name, longestLabel);
  });
}

/** The run that stands for its settings where only one can be shown: the first finished one of which masks are known. */
export function representativeOf({ runs, finished }: Setting): RunHistory | null {
  const hasMasks = ({ history }: ReportedRun): boolean => Boolean(history.prunings.at(-1)?.record);
  return (finished.find(hasMasks) ?? runs.find(hasMasks))?.history ?? null;
}

/** An accuracy that can be one: a stranger's file may claim any number. */
export function isAccuracy(value: number | null | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}
