import { activationKind } from './activation';
import type { LayerBase } from './layerKind';
import { logistic, sigmoidPass } from './sigmoid';

/** x * sigmoid(x), also called swish. */
export interface SiluLayer extends LayerBase {
  readonly kind: 'silu';
}

export function silu(name: string, from: string): SiluLayer {
  return { kind: 'silu', name, inputs: [from] };
}

export const siluKind = activationKind<SiluLayer>({
  fields: {},
  valueAt: (value) => value * logistic(value),
  pass: (ops, input) => {
    const gate = sigmoidPass(ops, input);
    return {
      output: ops.multiply(input, gate.output),
      gradient: (gradient) =>
        ops.add(ops.multiply(gradient, gate.output), gate.gradient(ops.multiply(gradient, input))),
    };
  },
});
