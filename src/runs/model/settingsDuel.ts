import { pairedDifference, type PairedDifference } from '../../statistics/pairedDifference';
import {
  areAlikeButForPruning,
  finishedSettings,
  judgedByOf,
  pairedBySeed,
  type FinishedSettings,
  type JudgedBy,
} from './finishedSettings';
import type { RunHistory } from './history';

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
      const path = onlyDifference(first, second);
      const pairs = path === null ? [] : pairedBySeed(first, second, judgedBy);
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

/**
 * Null where nothing differs, or more than one thing. What a baseline has of other settings follows from its being one, and how
 * a dense network would be pruned is no difference from one that is.
 */
function onlyDifference(first: FinishedSettings, second: FinishedSettings): string | null {
  if (first.values.get('baseline') !== second.values.get('baseline')) return 'baseline';
  if (first.dense !== second.dense) return areAlikeButForPruning(first, second) ? 'pruning.rate' : null;
  const counts = (path: string): boolean => !first.dense || !path.startsWith('pruning.');
  const different = [...first.values].filter(([path, value]) => counts(path) && second.values.get(path) !== value);
  return different.length === 1 ? different[0]![0] : null;
}
