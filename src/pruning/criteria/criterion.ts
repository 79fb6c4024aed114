import type { RandomStream } from '../../base/random';
import type { Tensor } from '../../network/state';

/** What a criterion ranks the filters of one layer by. */
export interface LayerEvidence {
  /** The filters, [filters, …]; of a convolution [filters, inputs, height, width]. */
  readonly weights: Tensor;
  /** Scale of the batch norm that follows, [filters]; null where none does. */
  readonly batchNormScale: Float32Array | null;
  /**
   * For each filter the square of the sum of gradient times value over its parameters (see `taylor`), averaged over the
   * training steps since the last pruning, [filters]; null before the first step.
   */
  readonly importance: Float32Array | null;
  /** For this layer and pruning alone, from the run's seed. */
  readonly random: () => RandomStream;
}

/** A rule by which filters are ranked; the lowest scores are pruned. */
export interface Criterion {
  readonly id: string;
  /** For people: `L2 norm`. */
  readonly title: string;
  /** What it looks at: `weights` alone decide, or it needs the layer's batch norm, or gradients of training. */
  readonly needs: 'weights' | 'batchNorm' | 'gradients' | 'nothing';
  /** A score for every filter, [filters]. `layer` is its name, for errors. */
  score(evidence: LayerEvidence, layer: string): Float64Array;
}

/** The weights of every filter, in PyTorch's order. */
export function filtersOf({ shape, data }: Tensor): Float32Array[] {
  const filters = shape[0]!;
  const size = data.length / filters;
  return Array.from({ length: filters }, (_, filter) => data.subarray(filter * size, (filter + 1) * size));
}
