import * as z from 'zod';
import { activationKind } from './activation';
import type { LayerBase } from './layerKind';

/** x where it is positive, `slope` * x elsewhere. */
export interface LeakyReluLayer extends LayerBase {
  readonly kind: 'leakyRelu';
  readonly slope: number;
}

export function leakyRelu(name: string, from: string, slope = 0.01): LeakyReluLayer {
  return { kind: 'leakyRelu', name, inputs: [from], slope };
}

export const leakyReluKind = activationKind<LeakyReluLayer>({
  fields: { slope: z.number().min(-100).max(100) },
  valueAt: (value, { slope }) => (value > 0 ? value : slope * value),
  pass: (ops, input, { slope }) => {
    const positive = ops.relu(input);
    // slope * x + (1 - slope) * relu(x).
    const output = ops.add(ops.scaled(input, slope), ops.scaled(positive, 1 - slope));
    return {
      output,
      gradient: (gradient) => {
        const ofPositive = ops.scaled(ops.reluGradient(gradient, positive), 1 - slope);
        return ops.add(ops.scaled(gradient, slope), ofPositive);
      },
    };
  },
});
