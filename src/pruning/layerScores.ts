import { randomStream } from '../base/random';
import { weightName } from '../network/layers/names';
import type { PrunableLayer } from '../network/prunableLayers';
import type { Tensor, TensorMap } from '../network/state';
import { criteria, type CriterionId } from './criteria';

/** By what, and when, filters are ranked. */
export interface Ranking {
  readonly criterion: CriterionId;
  /** Of the run. */
  readonly seed: number;
  /** Of the pruning; -1 before training. */
  readonly epoch: number;
}

/**
 * The criterion's score of every filter of a layer, [filters]. `importance` is its mean over the training steps since the last
 * pruning, [filters]; null where the criterion needs none, and before the first step.
 */
export function layerScores(
  { name, weight, batchNorm }: PrunableLayer,
  parameters: TensorMap,
  { criterion, seed, epoch }: Ranking,
  importance: Float32Array | null,
): Float64Array {
  const evidence = {
    weights: found(parameters, weight),
    batchNormScale: batchNorm === null ? null : found(parameters, weightName(batchNorm)).data,
    importance,
    random: () => randomStream(seed, `criterion.${name}.${epoch}`),
  };
  return criteria[criterion].score(evidence, name);
}

function found(parameters: TensorMap, name: string): Tensor {
  const tensor = parameters.get(name);
  if (tensor === undefined) throw new Error(`The network's state has no parameter "${name}".`);
  return tensor;
}
