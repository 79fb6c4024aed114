import { seedLast, type Difference } from '../config/differences';
import {
  differingSettings,
  figureStatistics,
  groupedBySeed,
  summaryRows,
  type Figures,
  type FigureStatistics,
  type SeedGroup,
  type SummaryRow,
} from '../runs/model/comparison';
import type { RunHistory } from '../runs/model/history';
import { bestRates, type BestRate } from '../runs/model/bestRates';
import { bestRateSentence } from '../runs/model/bestRateSentence';
import { duelSentence } from '../runs/model/duelSentence';
import { frontSentence, settingFronts, type SettingFront } from '../runs/model/settingFronts';
import { settingsDuels, type SettingsDuel } from '../runs/model/settingsDuel';
import { meanInterval, type Interval } from '../statistics/sample';

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Runs of a group follow each other. */
  readonly runs: readonly SummaryRow[];
  /** Two or more finished runs that differ in their seed only; unfinished runs would distort the mean. */
  readonly groups: readonly GroupOfSeeds[];
  /** How hard each of the settings may prune for the drop that is allowed; empty where nobody said one. */
  readonly bestRates: readonly (BestRate & { readonly sentence: string })[];
  /** Which settings no other one beats in accuracy and cost. */
  readonly fronts: readonly (SettingFront & { readonly sentence: string })[];
  /** What differs by one thing alone, seed by seed, with what that tells in a sentence. */
  readonly duels: readonly (SettingsDuel & { readonly sentence: string })[];
}

export interface GroupOfSeeds extends SeedGroup {
  /** The 95 % intervals of the means; null where fewer than two runs know the number. */
  readonly intervals: Readonly<Record<keyof Figures, Interval | null>>;
}

/** `drop`, a fraction, is how much accuracy may be lost for pruning; null where nobody said. */
export function compareRuns(histories: readonly RunHistory[], drop: number | null = null): Comparison {
  const grouped = groupedBySeed(histories);
  const ordered = grouped.flat();
  const runs = summaryRows(ordered);
  return {
    differences: seedLast(differingSettings(ordered)),
    runs,
    groups: grouped.flatMap((group) => {
      const ids = new Set(group.map(({ manifest }) => manifest.id));
      const finished = runs.filter(({ id, status }) => ids.has(id) && status === 'finished');
      if (finished.length < 2) return [];
      const statistics = figureStatistics(finished);
      return [{ ids: finished.map(({ id }) => id), statistics, intervals: intervalsOf(statistics) }];
    }),
    bestRates:
      drop === null
        ? []
        : bestRates(ordered, drop).map((best) => ({ ...best, sentence: bestRateSentence(best, drop) })),
    fronts: settingFronts(ordered).map((front) => ({ ...front, sentence: frontSentence(front) })),
    duels: settingsDuels(ordered).map((duel) => ({ ...duel, sentence: duelSentence(duel) })),
  };
}

function intervalsOf(statistics: FigureStatistics): GroupOfSeeds['intervals'] {
  const intervals = Object.entries(statistics).map(([figure, known]) => [figure, known && meanInterval(known)]);
  return Object.fromEntries(intervals) as GroupOfSeeds['intervals'];
}

/** A sentence that names the settings that differ. */
export function differencesInWords(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The runs have the same settings.';
  return `The runs differ in ${differences.map(({ path }) => path).join(', ')}.`;
}
