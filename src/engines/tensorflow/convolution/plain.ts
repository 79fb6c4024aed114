import type { ConvGeometry } from '../../../network/layers/graphOps';
import { physicalExtents } from '../layout';
import type { Value } from '../value';
import { withMargins, type ValueOps } from '../valueOps';
import type { Convolution } from './convolution';
import { convolvedExtents, margins, slidingAttributes } from './geometry';

/** In one operation each, which knows dilation and groups where its kernel does. */
export class PlainConvolution implements Convolution {
  constructor(
    private readonly ops: ValueOps,
    private readonly geometry: ConvGeometry,
  ) {}

  convolved(input: Value, weights: Value): Value {
    const extents = convolvedExtents(input.extents, weights.extents, this.geometry);
    const operands = [surroundedInput(this.ops, input, this.geometry), weights];
    return this.ops.emit('Conv2D', operands, extents, this.attributes(input.extents));
  }

  inputGradient(gradient: Value, weights: Value, extents: readonly number[]): Value {
    return surroundedGradient(this.ops, extents, this.geometry, (sizes, whole) =>
      this.ops.emit('Conv2DBackpropInput', [sizes, weights, gradient], whole, this.attributes(extents)),
    );
  }

  weightGradient(gradient: Value, input: Value): Value {
    const { kernel, groups } = this.geometry;
    const [filters, channels] = [gradient.extents[1]!, input.extents[1]! / groups];
    const sizes = this.ops.graph.integers([...kernel, channels, filters]);
    const operands = [surroundedInput(this.ops, input, this.geometry), sizes, gradient];
    const extents = [filters, channels, ...kernel];
    return this.ops.emit('Conv2DBackpropFilter', operands, extents, this.attributes(input.extents));
  }

  private attributes(input: readonly number[]) {
    return { ...slidingAttributes(input, this.geometry, this.ops.dataFormat), use_cudnn_on_gpu: true };
  }
}

/** The input with the zeros around it that the convolution needs. */
export function surroundedInput(ops: ValueOps, input: Value, geometry: ConvGeometry): Value {
  const around = margins(input.extents, geometry);
  return around ? ops.surrounded(input, around) : input;
}

/** The gradient by an input, from that by what `surroundedInput` makes of it, which is given its sizes in memory and its extents. */
export function surroundedGradient(
  ops: ValueOps,
  extents: readonly number[],
  geometry: ConvGeometry,
  gradient: (sizes: string, whole: readonly number[]) => Value,
): Value {
  const around = margins(extents, geometry);
  const whole = around ? withMargins(extents, around) : extents;
  const own = gradient(ops.graph.integers(physicalExtents(whole, ops.dataFormat)), whole);
  return around ? ops.withoutMargins(own, around, extents) : own;
}
