import type { ConvGeometry } from '../../network/graphOps';
import type { Attribute } from './graphBuilder';
import { physicalExtents, type DataFormat } from './layout';

/** Extents of a convolution's result, in PyTorch's order. */
export function convolvedExtents(
  input: readonly number[],
  weights: readonly number[],
  { kernel, stride, padding }: ConvGeometry,
): number[] {
  const extent = (size: number, taps: number) => Math.floor((size + 2 * padding - taps) / stride) + 1;
  return [input[0]!, weights[0]!, extent(input[2]!, kernel[0]), extent(input[3]!, kernel[1])];
}

/** Attributes of Conv2D and of both its gradients, for an input of these extents. */
export function convolutionAttributes(
  geometry: ConvGeometry,
  input: readonly number[],
  format: DataFormat,
): Record<string, Attribute> {
  const { stride } = geometry;
  return {
    T: { type: 'float32' },
    strides: { ints: physicalExtents([1, 1, stride, stride], format) },
    dilations: { ints: [1, 1, 1, 1] },
    data_format: format,
    use_cudnn_on_gpu: true,
    ...paddingAttributes(geometry, input, format),
  };
}

/** TensorFlow's named paddings where they are ours, because its fastest kernels know those; explicit ones otherwise. */
function paddingAttributes({ kernel, stride, padding }: ConvGeometry, input: readonly number[], format: DataFormat) {
  if (padding === 0) return { padding: 'VALID' };
  const same = [0, 1].every((axis) => {
    const [size, taps] = [input[axis + 2]!, kernel[axis]!];
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + taps - size, 0);
    // SAME puts the odd one at the end, ours are equal on both sides.
    return total === 2 * padding;
  });
  if (same) return { padding: 'SAME' };
  const explicit = physicalExtents([0, 0, padding, padding], format).flatMap((count) => [count, count]);
  return { padding: 'EXPLICIT', explicit_paddings: { ints: explicit } };
}
