import { activationKind, type ActivationPass } from './activation';
import type { GraphOps } from './graphOps';
import type { LayerBase } from './layerKind';

/** 1 / (1 + exp(-x)). */
export interface SigmoidLayer extends LayerBase {
  readonly kind: 'sigmoid';
}

export function sigmoid(name: string, from: string): SigmoidLayer {
  return { kind: 'sigmoid', name, inputs: [from] };
}

export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

export const sigmoidKind = activationKind<SigmoidLayer>({
  fields: {},
  valueAt: logistic,
  pass: (ops, input) => sigmoidPass(ops, input),
});

/** s = sigmoid(x); ds/dx = s * (1 - s). */
export function sigmoidPass<T>(ops: GraphOps<T>, input: T): ActivationPass<T> {
  const output = ops.sigmoid(input);
  return {
    output,
    gradient: (gradient) => {
      const slope = ops.multiply(output, ops.shifted(ops.scaled(output, -1), 1));
      return ops.multiply(gradient, slope);
    },
  };
}
