import * as z from 'zod';
import type { PoolWindow } from './graphOps';
import { only, soleInput, type LayerBase, type LayerKind } from './layerKind';
import { pooledShape, poolFields, poolSettings, poolWindow, type PoolOptions, type PoolSettings } from './pooling';
import type { Shape } from './shape';

/** The mean of each window. */
export interface AveragePoolLayer extends LayerBase, PoolSettings {
  readonly kind: 'averagePool';
  /** Whether the zeros of the padding count (PyTorch's `count_include_pad`); rows that rounding up adds never do. */
  readonly countsPadding: boolean;
}

export function averagePool(
  name: string,
  from: string,
  { countsPadding = true, ...options }: PoolOptions & { readonly countsPadding?: boolean } = {},
): AveragePoolLayer {
  return { kind: 'averagePool', name, inputs: [from], ...poolSettings(options), countsPadding };
}

export const averagePoolKind: LayerKind<AveragePoolLayer> = {
  fields: { ...poolFields, countsPadding: z.boolean() },
  shape: (layer, inputs) => pooledShape(layer, only(layer, inputs)),
  channelFlow: only,
  constants: (layer, inputs) => {
    const keepsConstants = !layer.countsPadding || layer.padding === 0;
    return only(layer, inputs).map((value) => (keepsConstants || value === 0 ? value : null));
  },
  train: (context) => {
    const { layer, ops } = context;
    const { input, shape } = soleInput(context);
    const window = poolWindow(layer, shape);
    const output = pooledShape(layer, shape);
    const shares = placeShares(layer, window, shape, output);
    const mean = ops.averagePool(input, shape, window);
    return {
      output: shares ? ops.scaledByPlace(mean, shares, output) : mean,
      backward: (gradient) => ({
        inputs: [
          () => {
            const scaled = shares ? ops.scaledByPlace(gradient, shares, output) : gradient;
            return ops.averagePoolGradient(scaled, shape, window);
          },
        ],
      }),
    };
  },
};

/**
 * What a mean over the whole window has to be multiplied by at each place, [height, width]: the window's values by those that
 * count there. Null where all of them always do.
 */
function placeShares(
  layer: AveragePoolLayer,
  { kernel }: PoolWindow,
  input: Shape,
  output: Shape,
): Float32Array | null {
  const rows = counted(layer, kernel[0], input.height, output.height);
  const columns = counted(layer, kernel[1], input.width, output.width);
  const whole = kernel[0] * kernel[1];
  const shares = Float32Array.from(rows.flatMap((row) => columns.map((column) => whole / (row * column))));
  return shares.every((share) => share === 1) ? null : shares;
}

/** How many of a window's rows count at each place. */
function counted(
  { stride, padding, countsPadding }: AveragePoolLayer,
  taps: number,
  size: number,
  places: number,
): number[] {
  const margin = countsPadding ? padding : 0;
  return Array.from({ length: places }, (_, place) => {
    const start = place * stride - padding;
    return Math.min(start + taps, size + margin) - Math.max(start, -margin);
  });
}
