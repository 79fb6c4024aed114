import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';

/** The mean of each channel over the image. */
export interface GlobalAveragePoolLayer extends LayerBase {
  readonly kind: 'globalAveragePool';
}

export function globalAveragePool(name: string, from: string): GlobalAveragePoolLayer {
  return { kind: 'globalAveragePool', name, inputs: [from] };
}

export const globalAveragePoolKind: LayerKind<GlobalAveragePoolLayer> = {
  fields: {},
  shape: (layer, inputs) => ({ channels: only(layer, inputs).channels, height: 1, width: 1 }),
  channelFlow: only,
  constants: only,
  train: (context) => {
    const { ops } = context;
    const { input, shape } = soleInput(context);
    return {
      output: ops.globalAveragePool(input, shape),
      backward: (gradient) => ({ inputs: [() => ops.globalAveragePoolGradient(gradient, shape)] }),
    };
  },
};
