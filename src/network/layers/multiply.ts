import type { Channels } from './channelFlow';
import type { LayerBase, LayerContext, LayerKind, LayerPass } from './layerKind';
import { shapeInWords, type Shape } from './shape';

/**
 * The product of two layers' outputs of the same shape, or of an image and one factor a channel, as in
 * squeeze-and-excitation (Hu et al., CVPR 2018). The first one is the image.
 */
export interface MultiplyLayer extends LayerBase {
  readonly kind: 'multiply';
}

export function multiply(name: string, image: string, factors: string): MultiplyLayer {
  return { kind: 'multiply', name, inputs: [image, factors] };
}

export const multiplyKind: LayerKind<MultiplyLayer> = {
  fields: {},
  shape: commonShape,
  /** Factors follow the image: they make no channel appear, and theirs go where the image's go. */
  channelFlow: (_layer, [image]): Channels => image!,
  links: (_layer, [image]) =>
    Array.from({ length: image!.channels }, (_, channel) => [0, 1].map((input) => ({ input, channel }))),
  constants: (_layer, [image, factors]) =>
    image!.map((value, channel) => {
      const factor = factors![channel] ?? null;
      if (value === 0 || factor === 0) return 0;
      return value === null || factor === null ? null : value * factor;
    }),
  train: pass,
};

function pass<T>({ ops, inputs, inputShapes }: LayerContext<T, MultiplyLayer>): LayerPass<T> {
  const [image, factors] = inputs as [T, T];
  const [shape, factorShape] = inputShapes as [Shape, Shape];
  const places = shape.height * shape.width;
  const isByChannel = factorShape.height * factorShape.width === 1;
  return {
    output: ops.multiply(image, factors),
    backward: (gradient) => ({
      inputs: [
        () => ops.multiply(gradient, factors),
        () => {
          const products = ops.multiply(gradient, image);
          return isByChannel ? ops.scaled(ops.globalAveragePool(products, shape), places) : products;
        },
      ],
    }),
  };
}

function commonShape({ name }: MultiplyLayer, inputs: readonly Shape[]): Shape {
  const [image, factors, ...others] = inputs;
  if (!image || !factors || others.length > 0) throw new Error(`Layer "${name}" must have two inputs.`);
  const isSame = image.height === factors.height && image.width === factors.width;
  const isByChannel = factors.height === 1 && factors.width === 1;
  if (image.channels !== factors.channels || (!isSame && !isByChannel))
    throw new Error(`Layer "${name}" multiplies shapes ${shapeInWords(image)} and ${shapeInWords(factors)}.`);
  return image;
}
