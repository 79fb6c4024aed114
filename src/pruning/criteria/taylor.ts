import { biasName, weightName } from '../../network/layers/names';
import type { PrunableLayer } from '../../network/prunableLayers';
import type { Criterion } from './criterion';
import { l2 } from './norms';

/**
 * First-order Taylor expansion of the loss (Molchanov et al., CVPR 2019, equation 8): the square of the sum of gradient
 * times value over what makes a filter, averaged over the training steps since the last pruning. Where batch norm follows,
 * that is its scale and shift, as in the paper's section 3.3: the loss does not depend on the length of a filter before
 * batch norm, so that the sum over its weights is zero. Before the first step there is no gradient; the L2 norm ranks then.
 */
export const taylor: Criterion = {
  id: 'taylor',
  title: 'Taylor, first order',
  needs: 'gradients',
  score: (evidence, layer) =>
    evidence.importance === null ? l2.score(evidence, layer) : Float64Array.from(evidence.importance),
};

/** The parameters over which a layer's filters are summed up: scale and shift of the batch norm after it, else its weights. */
export function importanceParameters({ weight, batchNorm }: PrunableLayer): readonly string[] {
  return batchNorm === null ? [weight] : [weightName(batchNorm), biasName(batchNorm)];
}
