import type { LayerBase, LayerKind } from './layerKind';
import { shapeInWords, type Shape } from './shape';

/** The channels of two or more layers' outputs one after another. */
export interface ConcatLayer extends LayerBase {
  readonly kind: 'concat';
}

export function concat(name: string, ...from: string[]): ConcatLayer {
  return { kind: 'concat', name, inputs: from };
}

export const concatKind: LayerKind<ConcatLayer> = {
  fields: {},
  shape: joinedShape,
  channelFlow: (_layer, inputs) => inputs.flat(),
  constants: (_layer, inputs) => inputs.flat(),
  train: ({ ops, inputs, inputShapes }) => ({
    output: ops.concatChannels(inputs, inputShapes),
    backward: (gradient) => ({
      inputs: inputShapes.map(({ channels }, index) => () => {
        const before = inputShapes.slice(0, index).reduce((sum, shape) => sum + shape.channels, 0);
        return ops.channelRange(gradient, before, channels);
      }),
    }),
  }),
};

function joinedShape({ name }: ConcatLayer, inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs;
  if (!first || others.length === 0) throw new Error(`Layer "${name}" must have at least two inputs.`);
  const misfit = others.find((other) => other.height !== first.height || other.width !== first.width);
  if (misfit)
    throw new Error(
      `Layer "${name}" joins images of different sizes: ${shapeInWords(first)} and ${shapeInWords(misfit)}.`,
    );
  return { ...first, channels: inputs.reduce((sum, { channels }) => sum + channels, 0) };
}
