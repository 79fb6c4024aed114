import type { ConvGeometry } from '../../network/layers/graphOps';
import type { Attribute } from './graphBuilder';
import { physicalExtents, type DataFormat } from './layout';

/** Rows above and below, columns left and right: of zeros that are added, or, if negative, of values that are left out. */
export interface Margins {
  readonly above: number;
  readonly below: number;
  readonly left: number;
  readonly right: number;
}

/** Extents of a convolution's result, in PyTorch's order. */
export function convolvedExtents(
  input: readonly number[],
  weights: readonly number[],
  { kernel, stride, padding }: ConvGeometry,
): number[] {
  const extent = (size: number, taps: number) => Math.floor((size + 2 * padding - taps) / stride) + 1;
  return [input[0]!, weights[0]!, extent(input[2]!, kernel[0]), extent(input[3]!, kernel[1])];
}

/**
 * The margins with which the input is just what the convolution reads, or null where that is TensorFlow's padding SAME.
 * With explicit paddings, or with a last row that no place reaches, oneDNN's kernels for the gradients are slower or even write
 * beyond their memory (TensorFlow 2.21, a 1x1 convolution of stride 2).
 */
export function margins(input: readonly number[], { kernel, stride, padding }: ConvGeometry): Margins | null {
  if (stride === 1 && kernel.every((taps) => taps === 2 * padding + 1)) return null;
  const after = (axis: 0 | 1): number => {
    const [size, taps] = [input[axis + 2]!, kernel[axis]];
    const places = Math.floor((size + 2 * padding - taps) / stride) + 1;
    return (places - 1) * stride + taps - size - padding;
  };
  return { above: padding, below: after(0), left: padding, right: after(1) };
}

/** Attributes of Conv2D and of both its gradients, for an input that has the margins it needs. */
export function convolutionAttributes(
  stride: number,
  padding: 'SAME' | 'VALID',
  format: DataFormat,
): Record<string, Attribute> {
  return {
    T: { type: 'float32' },
    strides: { ints: physicalExtents([1, 1, stride, stride], format) },
    dilations: { ints: [1, 1, 1, 1] },
    data_format: format,
    use_cudnn_on_gpu: true,
    padding,
  };
}
