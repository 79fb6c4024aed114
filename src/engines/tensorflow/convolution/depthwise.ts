import type { ConvGeometry } from '../../../network/layers/graphOps';
import type { Value } from '../value';
import type { ValueOps } from '../valueOps';
import type { Convolution } from './convolution';
import { convolvedExtents, slidingAttributes } from './geometry';
import { PlainConvolution, surroundedGradient, surroundedInput } from './plain';

/** Each filter reads one channel, in TensorFlow's own operations for that. */
export class DepthwiseConvolution implements Convolution {
  constructor(
    private readonly ops: ValueOps,
    private readonly geometry: ConvGeometry,
  ) {}

  convolved(input: Value, weights: Value): Value {
    const extents = convolvedExtents(input.extents, weights.extents, this.geometry);
    const operands = [surroundedInput(this.ops, input, this.geometry), this.byChannel(weights)];
    return this.ops.emit('DepthwiseConv2dNative', operands, extents, this.attributes(input.extents));
  }

  inputGradient(gradient: Value, weights: Value, extents: readonly number[]): Value {
    const kernels = this.byChannel(weights);
    return surroundedGradient(this.ops, extents, this.geometry, (sizes, whole) => {
      const operands = [sizes, kernels, gradient];
      return this.ops.emit('DepthwiseConv2dNativeBackpropInput', operands, whole, this.attributes(extents));
    });
  }

  /** On a GPU TensorFlow has no deterministic kernel of its own for it and refuses to run; cuDNN has one for groups. */
  weightGradient(gradient: Value, input: Value): Value {
    if (this.ops.dataFormat === 'NCHW')
      return new PlainConvolution(this.ops, this.geometry).weightGradient(gradient, input);
    const { kernel, groups } = this.geometry;
    const filters = gradient.extents[1]!;
    const extents = [filters, 1, ...kernel];
    const sizes = this.ops.graph.integers([...kernel, groups, filters / groups]);
    const operands = [surroundedInput(this.ops, input, this.geometry), sizes, gradient];
    const own = this.ops.emit('DepthwiseConv2dNativeBackpropFilter', operands, extents, this.attributes(input.extents));
    return this.ops.reshaped(own, [...kernel, 1, filters], extents);
  }

  /** [height, width, channels, filters of a channel]: the same values in the same order. */
  private byChannel(weights: Value): Value {
    const { kernel, groups } = this.geometry;
    return this.ops.reshaped(weights, [...kernel, groups, weights.extents[0]! / groups], weights.extents);
  }

  private attributes(input: readonly number[]) {
    return slidingAttributes(input, this.geometry, this.ops.dataFormat);
  }
}
