import { activationKind } from './activation';
import { hardLogistic, hardSigmoidPass } from './hardSigmoid';
import type { LayerBase } from './layerKind';

/** x * hardSigmoid(x) (Howard et al., ICCV 2019). */
export interface HardSwishLayer extends LayerBase {
  readonly kind: 'hardSwish';
}

export function hardSwish(name: string, from: string): HardSwishLayer {
  return { kind: 'hardSwish', name, inputs: [from] };
}

export const hardSwishKind = activationKind<HardSwishLayer>({
  fields: {},
  valueAt: (value) => value * hardLogistic(value),
  pass: (ops, input) => {
    const gate = hardSigmoidPass(ops, input);
    return {
      output: ops.multiply(input, gate.output),
      gradient: (gradient) =>
        ops.add(ops.multiply(gradient, gate.output), gate.gradient(ops.multiply(gradient, input))),
    };
  },
});
