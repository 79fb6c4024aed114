import * as z from 'zod';
import { kernelExtent, padding, stride } from './fields';
import type { PoolWindow } from './graphOps';
import type { LayerBase } from './layerKind';
import { shapeInWords, type Shape } from './shape';

/** How a pooling slides over the image, as PyTorch takes it. */
export interface PoolSettings {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  /** Rows and columns added on every side, at most half of the kernel. */
  readonly padding: number;
  /** Whether a last place is taken that lies only partly inside: the number of places is rounded up. */
  readonly ceil: boolean;
}

export const poolFields = {
  kernel: z.tuple([kernelExtent, kernelExtent]),
  stride,
  padding,
  ceil: z.boolean(),
};

export interface PoolOptions {
  readonly size?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly ceil?: boolean;
}

/** Settings of a square window; by default it is of 2x2 and its places do not overlap. */
export function poolSettings({ size = 2, stride = size, padding = 0, ceil = false }: PoolOptions): PoolSettings {
  return { kernel: [size, size], stride, padding, ceil };
}

/** Places along one axis (PyTorch's rule: where it is rounded up, the last one must begin inside the image or before it). */
function places(size: number, taps: number, { stride, padding, ceil }: PoolSettings): number {
  const reach = size + 2 * padding - taps;
  const count = (ceil ? Math.ceil(reach / stride) : Math.floor(reach / stride)) + 1;
  return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
}

/** Shape of a pooling's output. Throws an Error when the window does not fit. */
export function pooledShape(layer: LayerBase & PoolSettings, input: Shape): Shape {
  const { name, kernel, padding } = layer;
  if (kernel.some((taps) => 2 * padding > taps))
    throw new Error(`Layer "${name}" pads by ${padding}, more than half of its window.`);
  const [height, width] = [places(input.height, kernel[0], layer), places(input.width, kernel[1], layer)];
  if (height < 1 || width < 1)
    throw new Error(`The window of "${name}" is larger than its input of ${shapeInWords(input)}.`);
  return { channels: input.channels, height, width };
}

/** The window with the margins on each side that its places need; a negative one leaves rows or columns out. */
export function poolWindow(layer: LayerBase & PoolSettings, input: Shape): PoolWindow {
  const { kernel, stride, padding } = layer;
  const output = pooledShape(layer, input);
  const after = (size: number, taps: number, count: number): number => (count - 1) * stride + taps - size - padding;
  return {
    kernel,
    stride,
    margins: {
      top: padding,
      left: padding,
      bottom: after(input.height, kernel[0], output.height),
      right: after(input.width, kernel[1], output.width),
    },
  };
}
