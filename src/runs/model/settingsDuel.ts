import { pairedDifference, type PairedDifference } from '../../statistics/pairedDifference';
import { configSettings } from '../../config/differences';
import { groupedBySeed, summaryRows, type SummaryRow } from './comparison';
import type { RunHistory } from './history';
import { settingsInWords } from './settingsInWords';

/** By which figure settings are judged. */
export type JudgedBy = 'test' | 'after';

/** Two settings of which everything but one thing is the same, and how their finished runs differ, seed by seed. */
export interface SettingsDuel {
  /** What differs, dotted: `pruning.criterion`. */
  readonly path: string;
  /** Of the first and of the second: what tells them from the other compared runs. */
  readonly words: readonly [string, string];
  /** Ids of the runs in pairs of one seed. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly judgedBy: JudgedBy;
  /** Of the second's accuracy minus the first's, as fractions. */
  readonly result: PairedDifference;
}

/** A table of more would not be read. */
const mostDuels = 200;

const seedPath = 'training.seed';

/**
 * The settings among some runs that differ by one thing alone, compared by the runs that both finished from the same seed: the
 * same initial weights, split and order of images. Settings without such runs are left out.
 */
export function settingsDuels(runs: readonly RunHistory[]): SettingsDuel[] {
  const settings = finishedSettings(runs);
  const judgedBy = judgedByOf(settings.flatMap(({ bySeed }) => [...bySeed.values()]));
  const duels: SettingsDuel[] = [];
  for (const [index, first] of settings.entries())
    for (const second of settings.slice(index + 1)) {
      const path = onlyDifference(first.values, second.values);
      const pairs = path === null ? [] : pairedBySeed(first, second).filter((pair) => isKnown(pair, judgedBy));
      if (path === null || pairs.length === 0) continue;
      duels.push({
        path,
        words: [first.words, second.words],
        pairs: pairs.map(([one, other]) => [one.id, other.id]),
        judgedBy,
        result: pairedDifference(pairs.map(([one, other]) => [one[judgedBy]!, other[judgedBy]!])),
      });
      if (duels.length === mostDuels) return duels;
    }
  return duels;
}

/** Finished runs whose settings differ by the seed alone. */
interface FinishedSettings {
  readonly words: string;
  /** Settings by path, as JSON, but for the seed. */
  readonly values: ReadonlyMap<string, string>;
  /** One run a seed: one that was trained twice is the same training. */
  readonly bySeed: ReadonlyMap<number, SummaryRow>;
}

function finishedSettings(runs: readonly RunHistory[]): FinishedSettings[] {
  const finished = runs.filter(({ status }) => status === 'finished');
  const words = settingsInWords(finished, [seedPath]);
  const rows = summaryRows(finished);
  const placeOf = new Map(finished.map((run, index) => [run, index]));
  return groupedBySeed(finished).map((group) => {
    const bySeed = new Map<number, SummaryRow>();
    for (const run of group) {
      const { seed } = run.manifest.config.training;
      if (!bySeed.has(seed)) bySeed.set(seed, rows[placeOf.get(run)!]!);
    }
    return { words: words[placeOf.get(group[0]!)!]!, values: settingsByPath(group[0]!), bySeed };
  });
}

function settingsByPath({ manifest: { config, baseline } }: RunHistory): ReadonlyMap<string, string> {
  const settings = [...configSettings(config)].filter(([path]) => path !== seedPath);
  return new Map([
    ['baseline', baseline?.kind ?? 'none'],
    ...settings.map(([path, value]): [string, string] => [path, JSON.stringify(value)]),
  ]);
}

/** Null where nothing differs, or more than one thing. What a baseline has of other settings follows from its being one. */
function onlyDifference(first: ReadonlyMap<string, string>, second: ReadonlyMap<string, string>): string | null {
  let found: string | null = null;
  for (const [path, value] of first) {
    if (second.get(path) === value) continue;
    if (path === 'baseline') return path;
    if (found !== null) return null;
    found = path;
  }
  return found;
}

function pairedBySeed(first: FinishedSettings, second: FinishedSettings): [SummaryRow, SummaryRow][] {
  return [...first.bySeed].flatMap(([seed, one]): [SummaryRow, SummaryRow][] => {
    const other = second.bySeed.get(seed);
    return other ? [[one, other]] : [];
  });
}

function isKnown(pair: readonly [SummaryRow, SummaryRow], judgedBy: JudgedBy): boolean {
  return pair.every((row) => row[judgedBy] !== null);
}

/** What all know that is worth most: the test images have not been used for anything else. */
function judgedByOf(rows: readonly SummaryRow[]): JudgedBy {
  return rows.every(({ test }) => test !== null) ? 'test' : 'after';
}
