import type { RunConfig } from '../config/schema';
import type { Tensor } from '../network/state';

export type Criterion = RunConfig['pruning']['criterion'];

/**
 * The score of every filter of a layer, [filters]; the lowest are pruned. `weights` is [filters, …], for a convolution
 * [filters, inputs, height, width]. `l1` and `l2` are the norms (sum |w|^p)^(1/p) of SFP's equation 2, summed in float64.
 */
export function filterScores(criterion: Criterion, weights: Tensor): Float64Array {
  const filters = weights.shape[0]!;
  const size = weights.data.length / filters;
  const norm = norms[criterion];
  return Float64Array.from({ length: filters }, (_, filter) =>
    norm(weights.data.subarray(filter * size, (filter + 1) * size)),
  );
}

const norms: Readonly<Record<Criterion, (filter: Float32Array) => number>> = {
  l1: (filter) => filter.reduce((sum, weight) => sum + Math.abs(weight), 0),
  l2: (filter) => Math.sqrt(filter.reduce((sum, weight) => sum + weight * weight, 0)),
};
