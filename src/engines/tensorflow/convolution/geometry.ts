import { convolvedExtent } from '../../../network/layers/conv';
import type { ConvGeometry, Margins } from '../../../network/layers/graphOps';
import type { Attribute } from '../graphBuilder';
import { physicalExtents, type DataFormat } from '../layout';

/** Extents of a convolution's result, in PyTorch's order. */
export function convolvedExtents(
  input: readonly number[],
  weights: readonly number[],
  geometry: ConvGeometry,
): number[] {
  return [input[0]!, weights[0]!, ...places(input, geometry)];
}

/**
 * The margins with which the input is just what the convolution reads, or null where that is TensorFlow's padding SAME.
 * With explicit paddings, or with a last row that no place reaches, oneDNN's kernels for the gradients are slower or even write
 * beyond their memory (TensorFlow 2.21, a 1x1 convolution of stride 2).
 */
export function margins(input: readonly number[], geometry: ConvGeometry): Margins | null {
  const { kernel, stride, padding, dilation } = geometry;
  const reach = kernel.map((taps) => dilation * (taps - 1));
  if (stride === 1 && reach.every((distance) => distance === 2 * padding)) return null;
  const counts = places(input, geometry);
  const after = (axis: 0 | 1): number => (counts[axis] - 1) * stride + reach[axis]! + 1 - input[axis + 2]! - padding;
  return { top: padding, left: padding, bottom: after(0), right: after(1) };
}

function places(input: readonly number[], geometry: ConvGeometry): [rows: number, columns: number] {
  const { kernel } = geometry;
  return [convolvedExtent(input[2]!, kernel[0], geometry), convolvedExtent(input[3]!, kernel[1], geometry)];
}

/** Attributes that the operations for convolutions and their gradients share, for an input of these extents. */
export function slidingAttributes(
  input: readonly number[],
  geometry: ConvGeometry,
  format: DataFormat,
): Record<string, Attribute> {
  const { stride, dilation } = geometry;
  return {
    T: { type: 'float32' },
    strides: { ints: physicalExtents([1, 1, stride, stride], format) },
    dilations: { ints: physicalExtents([1, 1, dilation, dilation], format) },
    data_format: format,
    padding: margins(input, geometry) ? 'VALID' : 'SAME',
  };
}
