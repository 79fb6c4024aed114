import type { Difference } from '../config/differences';
import {
  differingSettings,
  figureStatistics,
  groupedBySeed,
  summaryRows,
  type SeedGroup,
  type SummaryRow,
} from '../runs/model/comparison';
import type { RunHistory } from '../runs/model/history';

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Runs of a group follow each other. */
  readonly runs: readonly SummaryRow[];
  /** Two or more finished runs that differ in their seed only; unfinished runs would distort the mean. */
  readonly groups: readonly SeedGroup[];
}

export const seedPath = 'training.seed';

export function compareRuns(histories: readonly RunHistory[]): Comparison {
  const grouped = groupedBySeed(histories);
  const ordered = grouped.flat();
  const runs = summaryRows(ordered);
  const differences = differingSettings(ordered);
  const isSeed = ({ path }: Difference): boolean => path === seedPath;
  return {
    // Seeds come last because they say least.
    differences: [...differences.filter((it) => !isSeed(it)), ...differences.filter(isSeed)],
    runs,
    groups: grouped.flatMap((group) => {
      const ids = new Set(group.map(({ manifest }) => manifest.id));
      const finished = runs.filter(({ id, status }) => ids.has(id) && status === 'finished');
      if (finished.length < 2) return [];
      return [{ ids: finished.map(({ id }) => id), statistics: figureStatistics(finished) }];
    }),
  };
}

/** A sentence that names the settings that differ. */
export function differencesInWords(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The runs have the same settings.';
  return `The runs differ in ${differences.map(({ path }) => path).join(', ')}.`;
}
