import type { Pool } from '../groups';

/** What an allocation divides the pruning among the pools by. */
export interface AllocationContext {
  readonly pools: readonly Pool[];
  /** Pruning rate of each pool. */
  readonly rates: readonly number[];
  /** Scores of each pool's groups. */
  readonly scores: readonly Float64Array[];
}

/** A rule for how many groups of each pool are pruned. */
export interface Allocation {
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Whether the answer depends on the scores, so that it is known only when they are. */
  readonly needsScores: boolean;
  /** How many groups of each pool are pruned; at least one of each is kept. */
  pruned(context: AllocationContext): number[];
}
