import { UserError } from '../../base/errors';
import type { ResolvedRun } from '../../experiment/resolve';
import { needsMachineTimes, planPruning } from '../../experiment/pruningPlan';
import { latencyForecast, type LatencyForecast } from '../../layerTimes/latencyForecast';
import { networkTimes } from '../../layerTimes/networkTimes';
import type { TimeTable } from '../../layerTimes/timeTable';
import { prunableOf } from '../../pruning/groups';

/** What a run will save. */
export interface Savings {
  /** Fractions of the multiply-adds, by both ways of counting. */
  readonly paper: number;
  readonly exact: number;
  /** Null while this machine's times are not measured. */
  readonly latency: LatencyForecast | null;
}

/** Why nothing is known of what a run will save. */
export interface Unknown {
  /** `unmeasured`: it depends on times that its first run measures; else why its target cannot be reached. */
  readonly problem: 'unmeasured' | { readonly message: string };
}

/** Planning by times takes a while, and an editor asks again after every key. */
const known = new Map<string, Savings | Unknown>();
const mostKnown = 200;

/** What a run will save, known from its config and from times of layers that were measured here, if any. */
export function savingsOf({ config, graph, dataset }: ResolvedRun, table: TimeTable | null): Savings | Unknown {
  const key = JSON.stringify([config.pruning, config.model, dataset.shape, dataset.classes.length, table?.measured]);
  const savings = known.get(key) ?? forecast({ config, graph }, table);
  if (known.size >= mostKnown) known.clear();
  known.set(key, savings);
  return savings;
}

function forecast({ config: { pruning }, graph }: Pick<ResolvedRun, 'config' | 'graph'>, table: TimeTable | null) {
  const times = table && networkTimes(graph, prunableOf(graph, pruning.groups), table);
  if (times === null && needsMachineTimes(pruning)) return { problem: 'unmeasured' } as const;
  try {
    const { savings, prunable, kept } = planPruning(graph, pruning, times);
    const { dense, paper, exact } = savings.multiplyAdds;
    const latency = times && latencyForecast(graph, prunable, kept.exact, times);
    return { paper: 1 - paper / dense, exact: 1 - exact / dense, latency };
  } catch (error) {
    if (error instanceof UserError) return { problem: { message: error.message } };
    throw error;
  }
}
