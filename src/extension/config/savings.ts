import type { RunConfig } from '../../config/schema';
import { datasetInfo } from '../../data/sets/datasetInfo';
import { buildNetwork } from '../../network/zoo';
import { planPruning } from '../../experiment/pruningPlan';

/** Fractions of the multiply-adds that a run saves, by both ways of counting. */
export interface Savings {
  readonly paper: number;
  readonly exact: number;
}

/** What a run will save, known from its config alone. */
export function savingsOf(config: RunConfig): Savings {
  const { shape, classes } = datasetInfo(config.data.dataset);
  const graph = buildNetwork(config.model.arch, shape, classes.length);
  const { dense, paper, exact } = planPruning(graph, config.pruning).savings.multiplyAdds;
  return { paper: 1 - paper / dense, exact: 1 - exact / dense };
}
