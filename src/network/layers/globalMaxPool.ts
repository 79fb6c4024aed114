import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';
import type { PoolWindow } from './graphOps';
import type { Shape } from './shape';

/** The largest value of each channel over the image. */
export interface GlobalMaxPoolLayer extends LayerBase {
  readonly kind: 'globalMaxPool';
}

export function globalMaxPool(name: string, from: string): GlobalMaxPoolLayer {
  return { kind: 'globalMaxPool', name, inputs: [from] };
}

export const globalMaxPoolKind: LayerKind<GlobalMaxPoolLayer> = {
  fields: {},
  shape: (layer, inputs) => ({ channels: only(layer, inputs).channels, height: 1, width: 1 }),
  channelFlow: only,
  constants: only,
  train: (context) => {
    const { ops } = context;
    const { input, shape } = soleInput(context);
    const window = wholeImage(shape);
    const output = ops.maxPool(input, shape, window);
    return {
      output,
      backward: (gradient) => ({ inputs: [() => ops.maxPoolGradient(gradient, input, output, shape, window)] }),
    };
  },
};

function wholeImage({ height, width }: Shape): PoolWindow {
  return { kernel: [height, width], stride: 1, margins: { top: 0, left: 0, bottom: 0, right: 0 } };
}
