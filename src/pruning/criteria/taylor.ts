import type { Criterion } from './criterion';
import { l2 } from './norms';

/**
 * First-order Taylor expansion of the loss (Molchanov et al., CVPR 2019, equation 8): the square of the sum of gradient
 * times weight over a filter, averaged over the training steps since the last pruning. Before the first step there is no
 * gradient; the L2 norm ranks then, as some filters have to go.
 */
export const taylor: Criterion = {
  id: 'taylor',
  title: 'Taylor, first order',
  needs: 'gradients',
  score: (evidence, layer) =>
    evidence.importance === null ? l2.score(evidence, layer) : Float64Array.from(evidence.importance),
};
