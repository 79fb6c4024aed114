import { randomStream } from '../../../../src/base/random';
import type { Tensor } from '../../../../src/network/state';
import type { LayerEvidence } from '../../../../src/pruning/criteria';

/** Evidence about a layer with these weights; a batch norm and gradients only where a test has some. */
export function evidence(weights: Tensor, others: Partial<LayerEvidence> = {}): LayerEvidence {
  return { weights, batchNormScale: null, importance: null, random: () => randomStream(1, 'test'), ...others };
}
