import type { ConvLayer, Shape } from '../../../network/graph';
import { phasesFit } from './phases';

/**
 * Why there is no blocked convolution for a layer, to be read after its name; null where there is one: without dilation, with no
 * groups but depthwise ones, with strides that divide the image evenly.
 */
export function convolutionMisfit(layer: ConvLayer, input: Shape, output: Shape): string | null {
  const { kernel, stride, padding, dilation, groups } = layer;
  const isDepthwise = groups === input.channels && groups === output.channels;
  if (dilation !== 1) return `has a dilation of ${dilation}`;
  if (groups !== 1 && !isDepthwise) return `has ${groups} groups`;
  const uneven = unevenStride(stride, [input.height, input.width]);
  if (uneven !== null) return uneven;
  const isFitting =
    phasesFit(kernel[0], stride, padding, input.height, output.height) &&
    phasesFit(kernel[1], stride, padding, input.width, output.width);
  return isFitting ? null : `has a padding of ${padding} that does not go with its kernel and stride`;
}

/** Why the strides of a layer do not fit, to be read after its name; null where they do. */
export function unevenStride(stride: number, extents: readonly number[]): string | null {
  const uneven = extents.find((extent) => extent % stride !== 0);
  return uneven === undefined ? null : `has a stride of ${stride} that does not divide ${uneven}`;
}
