import { configDifferences, type Difference } from '../config/differences';
import type { RunConfig } from '../config/schema';
import { networkMaskOverlap } from '../pruning/maskOverlap';
import type { PruningRecord, Score } from '../runs/format';
import type { RunHistory, ShownStatus } from '../runs/history';

/** What is compared of a run; null where it is not known (yet). Accuracies and reductions are fractions. */
export interface Figures {
  /** On the validation part, before and after the newest pruning. */
  readonly before: number | null;
  readonly after: number | null;
  readonly test: number | null;
  readonly reductionPaper: number | null;
  readonly reductionExact: number | null;
  readonly imagesPerSecond: number | null;
  /** Agreement of the newest masks with those of the first run. */
  readonly overlap: number | null;
}

export interface ComparedRun extends Figures {
  readonly id: string;
  readonly name: string;
  readonly status: ShownStatus;
}

export interface Statistic {
  readonly mean: number;
  /** Of the sample: over n - 1. */
  readonly std: number;
}

/** Finished runs that differ by their seed only, two or more. */
export interface SeedGroup {
  readonly ids: readonly string[];
  readonly statistics: Readonly<Record<keyof Figures, Statistic | null>>;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Runs of a group stand together. */
  readonly runs: readonly ComparedRun[];
  readonly groups: readonly SeedGroup[];
}

export const seedPath = 'training.seed';

export function compareRuns(histories: readonly RunHistory[]): Comparison {
  const grouped = groupedBySeed(histories);
  const ordered = grouped.flat();
  const reference = ordered[0]?.records.at(-1);
  const runs = ordered.map((history, index) => comparedRun(history, index === 0 ? undefined : reference));
  const differences = configDifferences(ordered.map(({ manifest }) => manifest.config));
  const isSeed = ({ path }: Difference): boolean => path === seedPath;
  return {
    // Seeds tell least.
    differences: [...differences.filter((it) => !isSeed(it)), ...differences.filter(isSeed)],
    runs,
    groups: grouped.flatMap((group) => {
      const ids = new Set(group.map(({ manifest }) => manifest.id));
      const finished = runs.filter(({ id, status }) => ids.has(id) && status === 'finished');
      return finished.length > 1 ? [seedGroup(finished)] : [];
    }),
  };
}

/** Says in words what differs. */
export function differencesInWords(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'The runs have the same settings.';
  return `The runs differ in ${differences.map(({ path }) => path).join(', ')}.`;
}

function comparedRun(history: RunHistory, reference: PruningRecord | undefined): ComparedRun {
  const { manifest, epochs, status, records } = history;
  const pruned = epochs.findLast(({ after }) => after !== null) ?? epochs.at(-1);
  const accuracy = (score: Score | null | undefined): number | null => score?.accuracy ?? null;
  return {
    id: manifest.id,
    name: manifest.name,
    status,
    before: accuracy(pruned?.before),
    after: accuracy(pruned?.after),
    test: accuracy(manifest.summary?.test),
    reductionPaper: reduction(history, 'paper'),
    reductionExact: reduction(history, 'exact'),
    imagesPerSecond: statistic(epochs.map((epoch) => epoch.imagesPerSecond))?.mean ?? null,
    overlap: overlapWith(reference, records.at(-1)),
  };
}

/** Fraction of the multiply-adds that the newest pruning saves. */
function reduction({ prunings, started }: RunHistory, count: 'paper' | 'exact'): number | null {
  const counts = prunings.at(-1)?.multiplyAdds ?? started?.multiplyAdds;
  return counts === undefined ? null : 1 - counts[count] / counts.dense;
}

/** Null where there are no masks, or networks of another build. */
function overlapWith(reference: PruningRecord | undefined, record: PruningRecord | undefined): number | null {
  if (reference === undefined || record === undefined) return null;
  const others = new Map(record.layers.map(({ name, mask }) => [name, mask]));
  const pairs = reference.layers.map(({ name, mask }) => [mask, others.get(name)] as const);
  const same = pairs.flatMap(([mask, other]) => (other?.length === mask.length ? [[mask, other] as const] : []));
  return same.length === pairs.length && same.length === others.size ? networkMaskOverlap(same) : null;
}

function seedGroup(runs: readonly ComparedRun[]): SeedGroup {
  const over = (figure: keyof Figures): Statistic | null => statistic(runs.map((run) => run[figure]));
  return {
    ids: runs.map(({ id }) => id),
    statistics: {
      before: over('before'),
      after: over('after'),
      test: over('test'),
      reductionPaper: over('reductionPaper'),
      reductionExact: over('reductionExact'),
      imagesPerSecond: over('imagesPerSecond'),
      overlap: over('overlap'),
    },
  };
}

/** Over the values that are known; null when there is none. The deviation of a single value is 0. */
function statistic(values: readonly (number | null)[]): Statistic | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: known.length > 1 ? Math.sqrt(squares / (known.length - 1)) : 0 };
}

function groupedBySeed(histories: readonly RunHistory[]): RunHistory[][] {
  const groups = new Map<string, RunHistory[]>();
  for (const history of histories) {
    const key = keyWithoutSeed(history.manifest.config);
    groups.set(key, [...(groups.get(key) ?? []), history]);
  }
  return [...groups.values()];
}

function keyWithoutSeed(config: RunConfig): string {
  return JSON.stringify({ ...config, name: '', training: { ...config.training, seed: 0 } });
}
