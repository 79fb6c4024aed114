import type { ResolvedRun } from '../../experiment/resolve';
import { planPruning } from '../../experiment/pruningPlan';

/** Fractions of the multiply-adds that a run saves, by both ways of counting. */
export interface Savings {
  readonly paper: number;
  readonly exact: number;
}

/** What a run will save, known from its config alone. */
export function savingsOf({ config, graph }: ResolvedRun): Savings {
  const { dense, paper, exact } = planPruning(graph, config.pruning).savings.multiplyAdds;
  return { paper: 1 - paper / dense, exact: 1 - exact / dense };
}
