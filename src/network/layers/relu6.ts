import { activationKind } from './activation';
import type { LayerBase } from './layerKind';

/** min(max(x, 0), 6). */
export interface Relu6Layer extends LayerBase {
  readonly kind: 'relu6';
}

export function relu6(name: string, from: string): Relu6Layer {
  return { kind: 'relu6', name, inputs: [from] };
}

export const relu6Kind = activationKind<Relu6Layer>({
  fields: {},
  valueAt: (value) => Math.min(Math.max(value, 0), 6),
  pass: (ops, input) => {
    const output = ops.clipped(input, 0, 6);
    return { output, gradient: (gradient) => ops.multiply(gradient, ops.within(output, 0, 6)) };
  },
});
