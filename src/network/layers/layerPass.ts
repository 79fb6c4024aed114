import type { Layer, Shape } from '../graph';
import type { GraphOps } from '../graphOps';

/** What a layer kind's rule is given: the layer, the graph operations, and its inputs with their shapes. */
export interface LayerContext<T, L extends Layer = Layer> {
  readonly layer: L;
  readonly ops: GraphOps<T>;
  readonly inputs: readonly T[];
  readonly inputShapes: readonly Shape[];
}

/** A layer's part of a training step. */
export interface LayerPass<T> {
  readonly output: T;
  /** New running statistics by name, where the layer keeps some. */
  readonly statistics?: ReadonlyMap<string, T>;
  /** Gradients of the loss by all that the layer reads, from that by its output. */
  backward(outputGradient: T): LayerGradients<T>;
}

export interface LayerGradients<T> {
  /** One for each input, in order; computed only when asked for, because the images need none. */
  readonly inputs: readonly (() => T)[];
  /** By parameter name. */
  readonly parameters?: ReadonlyMap<string, T>;
}

/** The one input of a layer that has only one. */
export function soleInput<T>({ layer, inputs, inputShapes }: LayerContext<T>): { input: T; shape: Shape } {
  const [input, shape] = [inputs[0], inputShapes[0]];
  if (input === undefined || !shape || inputs.length !== 1)
    throw new Error(`Layer "${layer.name}" must have one input, but has ${inputs.length}.`);
  return { input, shape };
}
