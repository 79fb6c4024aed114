import type { GraphOps } from './graphOps';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/** A function of each value, and the gradient by it from that by the result. */
export interface ActivationPass<T> {
  readonly output: T;
  readonly gradient: (output: T) => T;
}

/** What a layer does that takes every value for itself, without parameters. */
interface Activation<L extends LayerBase> {
  readonly fields: LayerKind<L>['fields'];
  /** Of one value, for constants. */
  readonly valueAt: (value: number, layer: L) => number;
  readonly pass: <T>(ops: GraphOps<T>, input: T, layer: L) => ActivationPass<T>;
}

/** The kind of layer that such a function makes. */
export function activationKind<L extends LayerBase>({ fields, valueAt, pass }: Activation<L>): LayerKind<L> {
  return {
    fields,
    shape: only,
    channelFlow: only,
    constants: (layer, inputs) =>
      only(layer, inputs).map((value) => (value === null ? null : Math.fround(valueAt(value, layer)))),
    train: (context) => {
      const { output, gradient } = pass(context.ops, soleInput(context).input, context.layer);
      return { output, backward: (outputGradient) => ({ inputs: [() => gradient(outputGradient)] }) };
    },
  };
}
