import type { PoolWindow } from '../../network/layers/graphOps';
import type { Attribute } from './graphBuilder';
import { physicalExtents } from './layout';
import type { Value } from './value';
import { withMargins, type Extents4, type ValueOps } from './valueOps';

/** The lowest float32: what is outside of an image where its largest values are looked for. */
const lowest = -3.4028234663852886e38;

/** Poolings of images, whose windows lie inside of the image when it has its margins around it. */
export class Pooling {
  constructor(private readonly ops: ValueOps) {}

  largest(input: Value, window: PoolWindow): Value {
    const surrounded = this.ops.surrounded(input, window.margins, lowest);
    return this.ops.emit('MaxPool', [surrounded], pooledExtents(surrounded.extents, window), this.attributes(window));
  }

  largestGradient(gradient: Value, input: Value, output: Value, window: PoolWindow): Value {
    const surrounded = this.ops.surrounded(input, window.margins, lowest);
    const operands = [surrounded, output, gradient];
    const own = this.ops.emit('MaxPoolGrad', operands, surrounded.extents, this.attributes(window));
    return this.ops.withoutMargins(own, window.margins, input.extents);
  }

  mean(input: Value, window: PoolWindow): Value {
    const surrounded = this.ops.surrounded(input, window.margins);
    return this.ops.emit('AvgPool', [surrounded], pooledExtents(surrounded.extents, window), this.attributes(window));
  }

  /** For an input of these extents. */
  meanGradient(gradient: Value, extents: readonly number[], window: PoolWindow): Value {
    const whole = withMargins(extents, window.margins);
    const sizes = this.ops.graph.integers(physicalExtents(whole, this.ops.dataFormat));
    const own = this.ops.emit('AvgPoolGrad', [sizes, gradient], whole, this.attributes(window));
    return this.ops.withoutMargins(own, window.margins, extents);
  }

  private attributes({ kernel, stride }: PoolWindow): Record<string, Attribute> {
    const format = this.ops.dataFormat;
    return {
      ksize: { ints: physicalExtents([1, 1, ...kernel], format) },
      strides: { ints: physicalExtents([1, 1, stride, stride], format) },
      data_format: format,
      padding: 'VALID',
    };
  }
}

function pooledExtents(extents: readonly number[], { kernel, stride }: PoolWindow): number[] {
  const [batch, channels, height, width] = extents as Extents4;
  return [batch, channels, (height - kernel[0]) / stride + 1, (width - kernel[1]) / stride + 1];
}
