import { TensorProto_DataType as DataType } from '../../formats/onnx/onnx_pb';
import type { PoolWindow } from '../../network/layers/graphOps';
import { Pooling } from './pooling';
import type { Value } from './value';

type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** No float32 is less. */
const lowest = -3.4028234663852886e38;

/** Poolings in what WebGPU has kernels for: it tells no places of the largest values, and adds nothing at places. */
export class GpuPooling extends Pooling {
  /** Looks tap by tap where the window's largest value is; the first one takes the gradient. */
  override largestGradient(gradient: Value, input: Value, output: Value, window: PoolWindow): Value {
    const { kernel, margins } = window;
    if (output.extents[2] === 1 && output.extents[3] === 1) return this.ofWholeImage(gradient, input);
    const { top, left, bottom, right } = margins;
    const around = this.to.padded(input, [0, 0, top, left], [0, 0, bottom, right], lowest);
    let taken: Value | undefined;
    let sum: Value | undefined;
    for (let row = 0; row < kernel[0]; row++)
      for (let column = 0; column < kernel[1]; column++) {
        const equal = this.equal(this.read(around, output, window, row, column), output);
        const first: Value = taken ? this.to.product(equal, this.complement(taken)) : equal;
        taken = taken ? this.to.sum(taken, first) : first;
        const part = this.placed(this.to.product(gradient, first), around, window, row, column);
        sum = sum ? this.to.sum(sum, part) : part;
      }
    return this.to.padded(sum!, [0, 0, -top, -left], [0, 0, -bottom, -right]);
  }

  private read(around: Value, output: Value, { stride }: PoolWindow, row: number, column: number): Value {
    const [, , height, width] = output.extents as Extents4;
    return this.to.window(this.to.window(around, 2, row, height, stride), 3, column, width, stride);
  }

  /** An image of zeros with the values `stride` apart, from a row and a column on. */
  private placed(value: Value, { extents }: Value, { stride }: PoolWindow, row: number, column: number): Value {
    const [batch, channels, height, width] = value.extents as Extents4;
    const apart = this.to.reshape(value, [batch, channels, height, 1, width, 1]);
    const spread = this.to.padded(apart, [0, 0, 0, 0, 0, 0], [0, 0, 0, stride - 1, 0, stride - 1]);
    const whole = this.to.reshape(spread, [batch, channels, height * stride, width * stride]);
    const after = [0, 0, extents[2]! - row - height * stride, extents[3]! - column - width * stride];
    return this.to.padded(whole, [0, 0, row, column], after);
  }

  /** A window of the whole image has one place; asking at each tap would take as many operators as there are pixels. */
  private ofWholeImage(gradient: Value, input: Value): Value {
    const [batch, channels, height, width] = input.extents as Extents4;
    const places = height * width;
    const extents = [batch, channels, places];
    const flat = this.to.reshape(input, extents);
    const largest = this.largestOf(flat);
    // Earlier places rank higher: the highest rank among the largest values is that of the first of them.
    const ranks = this.to.constant(
      Float32Array.from({ length: places }, (_, place) => places - place),
      [1, 1, places],
    );
    const ranked = this.to.product(this.equal(flat, largest), ranks);
    const mask = this.equal(ranked, this.largestOf(ranked));
    return this.to.reshape(this.to.product(mask, this.to.reshape(gradient, [batch, channels, 1])), input.extents);
  }

  private largestOf(flat: Value): Value {
    return this.to.emit('ReduceMax', [flat], flat.extents.with(2, 1), { axes: [2], keepdims: 1 });
  }

  private equal(left: Value, right: Value): Value {
    const truths = this.to.emit('Equal', [left, right], left.extents);
    return this.to.emit('Cast', [truths], left.extents, { to: DataType.FLOAT });
  }

  private complement(value: Value): Value {
    return this.to.difference(this.to.spread(this.to.filled(1, [1]), value.extents), value);
  }
}
