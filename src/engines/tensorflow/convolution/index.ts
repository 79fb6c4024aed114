import type { ConvGeometry } from '../../../network/layers/graphOps';
import type { ValueOps } from '../valueOps';
import type { Convolution } from './convolution';
import { DepthwiseConvolution } from './depthwise';
import { DilatedConvolution, phaseGeometry } from './dilated';
import { GroupedConvolution } from './grouped';
import { PlainConvolution } from './plain';

/**
 * How a convolution over so many channels is written. In the layout of GPUs, cuDNN's kernels (and oneDNN's on a CPU) know
 * dilation and groups; for CPUs not every TensorFlow has oneDNN, and its own kernels do not know them in the backward pass.
 */
export function convolution(ops: ValueOps, geometry: ConvGeometry, channels: number): Convolution {
  const { kernel, dilation, groups } = geometry;
  const hasOneTap = kernel.every((taps) => taps === 1);
  if (dilation > 1 && hasOneTap) return convolution(ops, { ...geometry, dilation: 1 }, channels);
  if (dilation > 1 && ops.dataFormat === 'NHWC')
    return new DilatedConvolution(ops, geometry, convolution(ops, phaseGeometry(geometry), channels));
  if (groups === 1) return new PlainConvolution(ops, geometry);
  // TensorFlow's operations for these know no dilation.
  if (groups === channels && dilation === 1) return new DepthwiseConvolution(ops, geometry);
  if (ops.dataFormat === 'NCHW') return new PlainConvolution(ops, geometry);
  return new GroupedConvolution(ops, groups, new PlainConvolution(ops, { ...geometry, groups: 1 }));
}
