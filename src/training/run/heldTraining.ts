import type { RunConfig } from '../../config/schema';
import type { CompileOptions, Engine } from '../../engines/engine';
import type { LayerGraph } from '../../network/graph';
import type { NetworkState } from '../../network/state';
import { compact } from '../../pruning/compaction/compact';
import { compileCompactTraining } from '../loop/compactTraining';
import type { CompactTraining } from '../loop/trainingSetup';

/**
 * Makes the network that a state with held filters is trained with: the compact one where that is the same training. With the
 * policy `keep` it is not: scale and shift of a pruned filter's batch norm go on learning, and what it makes of zero changes.
 */
export function heldTraining(
  engine: Engine,
  graph: LayerGraph,
  options: CompileOptions,
  { batchNorm }: RunConfig['pruning'],
): (state: NetworkState) => Promise<CompactTraining> {
  return async (state) => {
    if (batchNorm === 'keep')
      return {
        whyNot: 'batch norm of pruned filters goes on learning (pruning.batchNorm is "keep", "zero" ends that).',
      };
    const compaction = compact(graph, new Map([...state.parameters, ...state.statistics]));
    if (compaction.whyNotPlain !== null) return { whyNot: compaction.whyNotPlain };
    return { network: await compileCompactTraining(engine, compaction, options, state) };
  };
}
