import { UserError } from '../../base/errors';
import type { Criterion } from './criterion';

/** Network slimming's criterion (Liu et al., ICCV 2017): the absolute scale that the batch norm after the layer gives a filter. */
export const batchNormScale: Criterion = {
  id: 'bn-scale',
  title: 'batch-norm scale',
  needs: 'batchNorm',
  score: ({ batchNormScale: scale }, layer) => {
    if (scale === null)
      throw new UserError(
        `The criterion "bn-scale" ranks filters by the batch norm after them, and "${layer}" has none; choose another criterion.`,
      );
    return Float64Array.from(scale, Math.abs);
  },
};
