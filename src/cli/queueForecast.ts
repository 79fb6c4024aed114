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
  const table = tables.find(
    ({ network, batchSize }) => network === first.graph.name && batchSize === first.config.training.batchSize,
  );
  if (table === undefined || !runs.every(isSame)) return null;
  const best = bestSplit(table.splits, Infinity, 0);
  return { runsAtOnce: best.runs, gain: best.imagesPerSecond / table.splits[0].imagesPerSecond };
}
