import * as z from 'zod';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/**
 * In training every value is zero by chance and the others are scaled, so that the mean stays (Srivastava et al., 2014);
 * nothing in evaluation.
 */
export interface DropoutLayer extends LayerBase {
  readonly kind: 'dropout';
  /** Chance of a value to be zero. */
  readonly rate: number;
}

export function dropout(name: string, from: string, rate: number): DropoutLayer {
  return { kind: 'dropout', name, inputs: [from], rate };
}

export const dropoutKind: LayerKind<DropoutLayer> = {
  fields: { rate: z.number().min(0).lt(1) },
  shape: only,
  channelFlow: only,
  constants: only,
  train: (context) => {
    const { layer, ops } = context;
    const { input, shape } = soleInput(context);
    const factors = ops.dropoutFactors(layer.name, input, shape);
    return {
      output: ops.multiply(input, factors),
      backward: (gradient) => ({ inputs: [() => ops.multiply(gradient, factors)] }),
    };
  },
  infer: (context) => soleInput(context).input,
};
