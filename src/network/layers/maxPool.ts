import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';
import { pooledShape, poolFields, poolSettings, poolWindow, type PoolOptions, type PoolSettings } from './pooling';

/** The largest value of each window; what lies outside of the image never is it. */
export interface MaxPoolLayer extends LayerBase, PoolSettings {
  readonly kind: 'maxPool';
}

export function maxPool(name: string, from: string, options: PoolOptions = {}): MaxPoolLayer {
  return { kind: 'maxPool', name, inputs: [from], ...poolSettings(options) };
}

export const maxPoolKind: LayerKind<MaxPoolLayer> = {
  fields: poolFields,
  shape: (layer, inputs) => pooledShape(layer, only(layer, inputs)),
  channelFlow: only,
  constants: only,
  train: (context) => {
    const { layer, ops } = context;
    const { input, shape } = soleInput(context);
    const window = poolWindow(layer, shape);
    const output = ops.maxPool(input, shape, window);
    return {
      output,
      backward: (gradient) => ({ inputs: [() => ops.maxPoolGradient(gradient, input, output, shape, window)] }),
    };
  },
};
