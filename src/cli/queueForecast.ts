import type { ResolvedRun } from '../experiment/resolve';
import { bestSplit, type SplitTable } from '../scheduling/queue/split';

/** How much quicker several runs are in the queue than one after another. */
export interface QueueForecast {
  readonly runsAtOnce: number;
  /** Images a second of all together, by those of one run after another. */
  readonly gain: number;
}

/**
 * What was measured of runs at once with the network and the batch size that all of these runs have, the newest first; null where
 * nothing was, or they are one run. What fits into memory is decided when they are started.
 */
export function forecastQueue(runs: readonly ResolvedRun[], tables: readonly SplitTable[]): QueueForecast | null {
  const [first] = runs;
  if (first === undefined || runs.length < 2) return null;
  const isSame = ({ graph, config }: ResolvedRun): boolean =>
    graph.name === first.graph.name && config.training.batchSize === first.config.training.batchSize;
  const table = tableOf(first, tables);
  if (table === undefined || !runs.every(isSame)) return null;
  const best = bestSplit(table.splits, Infinity, 0);
  return { runsAtOnce: best.runs, gain: best.imagesPerSecond / table.splits[0].imagesPerSecond };
}

/**
 * How much quicker a run of this kind is alone on the machine than one was that trained with so many threads, as a factor of its
 * time: less than 1 for one that shared the machine with others of the queue, by what was measured of runs at once.
 */
export function aloneFactor(run: ResolvedRun, threads: number | null, tables: readonly SplitTable[]): number {
  const [single, ...shared] = tableOf(run, tables)?.splits ?? [];
  const place = shared.find((split) => split.threads === threads);
  if (single === undefined || place === undefined || single.threads === threads) return 1;
  return place.imagesPerSecond / place.runs / single.imagesPerSecond;
}

function tableOf({ graph, config }: ResolvedRun, tables: readonly SplitTable[]): SplitTable | undefined {
  return tables.find(({ network, batchSize }) => network === graph.name && batchSize === config.training.batchSize);
}
