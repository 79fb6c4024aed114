import { configSettings, seedPath } from '../../config/differences';
import { prunesNothing } from '../../config/prunesNothing';
import { groupedBySeed, summaryRows, type SummaryRow } from './comparison';
import type { RunHistory } from './history';
import { settingsInWords } from './settingsInWords';

/** By which figure settings are judged. */
export type JudgedBy = 'test' | 'after';

/** Finished runs whose settings differ by the seed alone. */
export interface FinishedSettings {
  readonly words: string;
  /** Settings by path, as JSON, but for the seed. */
  readonly values: ReadonlyMap<string, string>;
  /** Whether they prune nothing, so that how they would prune is without effect. */
  readonly dense: boolean;
  /** One run a seed: one that was trained twice is the same training. */
  readonly bySeed: ReadonlyMap<number, SummaryRow>;
}

/** The settings of finished runs, in the order of the first run of each. */
export function finishedSettings(runs: readonly RunHistory[]): FinishedSettings[] {
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
    const { config, baseline } = group[0]!.manifest;
    // A narrow network prunes nothing either, and is another one.
    const dense = prunesNothing(config) && baseline?.kind !== 'narrow';
    return { words: words[placeOf.get(group[0]!)!]!, values: settingsByPath(group[0]!), dense, bySeed };
  });
}

function settingsByPath({ manifest: { config, baseline } }: RunHistory): ReadonlyMap<string, string> {
  const settings = [...configSettings(config)].filter(([path]) => path !== seedPath);
  return new Map([
    ['baseline', baseline?.kind ?? 'none'],
    ...settings.map(([path, value]): [string, string] => [path, JSON.stringify(value)]),
  ]);
}

/** Whether all settings are the same but for how filters are pruned, and for what kinds of baselines they are. */
export function areAlikeButForPruning(first: FinishedSettings, second: FinishedSettings): boolean {
  return [...first.values].every(
    ([path, value]) => path === 'baseline' || path.startsWith('pruning.') || second.values.get(path) === value,
  );
}

/** The runs of two settings by the seeds that both have, where both know the figure. */
export function pairedBySeed(
  first: FinishedSettings,
  second: FinishedSettings,
  judgedBy: JudgedBy,
): [SummaryRow, SummaryRow][] {
  return [...first.bySeed].flatMap(([seed, one]): [SummaryRow, SummaryRow][] => {
    const other = second.bySeed.get(seed);
    return other && one[judgedBy] !== null && other[judgedBy] !== null ? [[one, other]] : [];
  });
}

/** What all know that is worth most: the test images have not been used for anything else. */
export function judgedByOf(finished: readonly Pick<SummaryRow, JudgedBy>[]): JudgedBy {
  return finished.every(({ test }) => test !== null) ? 'test' : 'after';
}
