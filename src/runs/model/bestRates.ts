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

/** A rate, and what it costs against the dense network from the same seeds. */
export interface RateCost {
  readonly rate: number;
  /** Of the pruned accuracy minus the dense one, as fractions. */
  readonly result: PairedDifference;
}

/** How hard some settings may prune, if the accuracy may drop by so much. */
export interface BestRate {
  /** What tells them from the other compared runs, without a rate; empty where nothing else does. */
  readonly words: string;
  readonly judgedBy: JudgedBy;
  /** The highest rate whose mean drop is allowed; null where none is. */
  readonly inTheMean: RateCost | null;
  /** The highest rate whose drop is allowed at the worst end of its 95 % interval; null where none is, or too few seeds tell. */
  readonly forCertain: RateCost | null;
}

/**
 * The highest rates at which accuracy drops by at most `allowed` (a fraction) against the dense network, for each of the settings
 * that differ by more than the rate. Needs finished runs with `pruning.rate` 0 or dense baselines, of the same seeds.
 */
export function bestRates(runs: readonly RunHistory[], allowed: number): BestRate[] {
  const settings = finishedSettings(runs);
  const judgedBy = judgedByOf(settings.flatMap(({ bySeed }) => [...bySeed.values()]));
  const allDense = settings.filter(({ dense }) => dense);
  return [...byOtherSettings(settings.filter(({ dense }) => !dense)).values()].flatMap((pruned): BestRate[] => {
    const dense = allDense.filter((each) => areAlikeButForPruning(each, pruned[0]!));
    const costs = pruned
      .flatMap((each) => costOf(each, dense, judgedBy) ?? [])
      .sort((one, other) => other.rate - one.rate);
    if (costs.length === 0) return [];
    return [
      {
        words: wordsWithoutRate(pruned[0]!),
        judgedBy,
        inTheMean: costs.find(({ result }) => -result.difference.mean <= allowed) ?? null,
        forCertain: costs.find(({ result: { interval } }) => interval !== null && -interval.low <= allowed) ?? null,
      },
    ];
  });
}

const ratePath = 'pruning.rate';

function byOtherSettings(settings: readonly FinishedSettings[]): ReadonlyMap<string, FinishedSettings[]> {
  const groups = new Map<string, FinishedSettings[]>();
  for (const each of settings) {
    // Hard and narrow baselines answer another question.
    if (each.values.get('baseline') !== 'none') continue;
    const key = JSON.stringify([...each.values].filter(([path]) => path !== ratePath));
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return groups;
}

function rateOf(values: ReadonlyMap<string, string>): number {
  return Number(values.get(ratePath));
}

/** Null where no dense run has a seed of theirs. */
function costOf(pruned: FinishedSettings, dense: readonly FinishedSettings[], judgedBy: JudgedBy): RateCost | null {
  const pairs = dense.map((each) => pairedBySeed(each, pruned, judgedBy)).find((found) => found.length > 0);
  if (!pairs) return null;
  const result = pairedDifference(pairs.map(([one, other]) => [one[judgedBy]!, other[judgedBy]!]));
  return { rate: rateOf(pruned.values), result };
}

function wordsWithoutRate({ words }: FinishedSettings): string {
  return words
    .split(', ')
    .filter((word) => word !== 'pruned' && !/^rate [\d.]+$/.test(word))
    .join(', ');
}
