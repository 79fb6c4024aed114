import { activationKind, type ActivationPass } from './activation';
import type { GraphOps } from './graphOps';
import type { LayerBase } from './layerKind';

/** min(max(x / 6 + 1/2, 0), 1), as PyTorch has it. */
export interface HardSigmoidLayer extends LayerBase {
  readonly kind: 'hardSigmoid';
}

export function hardSigmoid(name: string, from: string): HardSigmoidLayer {
  return { kind: 'hardSigmoid', name, inputs: [from] };
}

export function hardLogistic(value: number): number {
  return Math.min(Math.max(value / 6 + 0.5, 0), 1);
}

export const hardSigmoidKind = activationKind<HardSigmoidLayer>({
  fields: {},
  valueAt: hardLogistic,
  pass: (ops, input) => hardSigmoidPass(ops, input),
});

export function hardSigmoidPass<T>(ops: GraphOps<T>, input: T): ActivationPass<T> {
  const output = ops.clipped(ops.shifted(ops.scaled(input, 1 / 6), 0.5), 0, 1);
  return {
    output,
    gradient: (gradient) => ops.scaled(ops.multiply(gradient, ops.within(output, 0, 1)), 1 / 6),
  };
}
