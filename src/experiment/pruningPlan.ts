import type { RunConfig } from '../config/schema';
import type { LayerGraph } from '../network/graph';
import { Allocator, type AllocationWish, type MachineTimes } from '../pruning/allocation/allocate';
import { rateOf } from '../pruning/allocation/rates';
import { targetKinds, type Target } from '../pruning/allocation/target';
import { prunableOf, type Prunable } from '../pruning/groups';
import { poolsOfOneGroup } from '../pruning/lastFilters';
import { forecastByLayer, forecastSavings, type Kept, type LayerCount, type Savings } from '../pruning/savings';

/** The settings that decide what is left. */
export type PruningConfig = Pick<
  RunConfig['pruning'],
  'rate' | 'layers' | 'allocation' | 'target' | 'roundTo' | 'groups'
>;

/** What a config's pruning means for a network. */
export interface PruningPlan {
  readonly prunable: Prunable;
  readonly allocator: Allocator;
  /** Forecast of what is kept at the end; a global ranking may distribute it otherwise. */
  readonly kept: Kept;
  readonly savings: Savings;
  /** Pools that are left with one group, in the forecast. */
  readonly lastFilters: readonly string[];
  readonly layers: readonly LayerCount[];
}

/** Whether a plan can be made only with times that were measured on this machine. */
export function needsMachineTimes({ target, roundTo }: PruningConfig): boolean {
  return target.latency !== null || roundTo === 'machine';
}

/**
 * Plans the pruning of a network. Throws a UserError when a target cannot be reached, and an Error when measured times are
 * needed and not given.
 */
export function planPruning(graph: LayerGraph, pruning: PruningConfig, times: MachineTimes | null = null): PruningPlan {
  const prunable = prunableOf(graph, pruning.groups);
  const allocator = new Allocator(graph, prunable, allocationWish(pruning), times);
  const kept = forecastKept(prunable, pruning, allocator);
  return {
    prunable,
    allocator,
    kept,
    savings: forecastSavings(graph, prunable, kept),
    lastFilters: poolsOfOneGroup(prunable.pools, kept.exact),
    layers: forecastByLayer(graph, prunable, kept),
  };
}

function allocationWish({ rate, layers, allocation, target, roundTo }: PruningConfig): AllocationWish {
  return { rate, layers, allocation, target: targetOf(target), roundTo };
}

function targetOf(target: PruningConfig['target']): Target | null {
  const kind = targetKinds.find((each) => target[each] !== null);
  return kind === undefined ? null : { kind, left: target[kind]! };
}

/** Papers count by the rate alone; where there is a target, or widths are rounded, what is kept is all there is to go by. */
function forecastKept({ pools }: Prunable, pruning: PruningConfig, allocator: Allocator): Kept {
  const pruned = allocator.forecast();
  const exact = pools.map(({ groups }, index) => groups.length - pruned[index]!);
  if (targetOf(pruning.target) !== null || pruning.roundTo !== 1) return { paper: exact, exact };
  const of = rateOf(pruning);
  const paper = pools.map(({ layers, groups }) => groups.length * (1 - Math.min(...layers.map(of))));
  return { paper, exact };
}
