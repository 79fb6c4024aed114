import type { Shape } from '../../network/graph';
import type { BatchNormPass, ConvGeometry } from '../../network/graphOps';
import { CommonOps } from './commonOps';
import type { Value } from './value';

type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** Networks in ONNX's ordinary operators; activations lie as [batch, channels, height, width]. Runs wherever onnxruntime does. */
export class PlainOps extends CommonOps {
  conv2d(input: Value, weights: Value, { kernel, stride, padding }: ConvGeometry): Value {
    const [batch, , height, width] = input.extents as Extents4;
    const extent = (size: number, taps: number) => Math.floor((size + 2 * padding - taps) / stride) + 1;
    const extents = [batch, weights.extents[0]!, extent(height, kernel[0]), extent(width, kernel[1])];
    return this.emit('Conv', [input, weights], extents, convAttributes(kernel, stride, padding));
  }

  conv2dInputGradient(gradient: Value, weights: Value, shape: Shape, geometry: ConvGeometry): Value {
    const { kernel, stride, padding } = geometry;
    const [batch, , height, width] = gradient.extents as Extents4;
    const extents = [batch, shape.channels, shape.height, shape.width];
    // A convolution with the turned kernel is two to three times faster than onnxruntime's ConvTranspose.
    if (stride === 1 && kernel[0] === kernel[1] && padding < kernel[0]) {
      const attributes = convAttributes(kernel, 1, kernel[0] - 1 - padding);
      return this.emit('Conv', [gradient, this.turned(weights)], extents, attributes);
    }
    const missing = (size: number, taps: number, inputSize: number) =>
      inputSize - ((size - 1) * stride - 2 * padding + taps);
    const attributes = {
      ...convAttributes(kernel, stride, padding),
      output_padding: [missing(height, kernel[0], shape.height), missing(width, kernel[1], shape.width)],
    };
    return this.emit('ConvTranspose', [gradient, weights], extents, attributes);
  }

  /** One matrix product an image, over all places of the image, of the output's gradient and the shifted inputs. */
  conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const { kernel, stride, padding } = geometry;
    return stride === 1 && padding < kernel[0]
      ? this.shiftedWeightGradient(gradient, input, geometry)
      : this.gatheredWeightGradient(gradient, input, geometry);
  }

  /** At stride 1 shifting the gradient by rows and the input by columns saves most of the copies. */
  private shiftedWeightGradient(gradient: Value, input: Value, { kernel, padding }: ConvGeometry): Value {
    const [rows, columns] = kernel;
    const [batch, filters, outputHeight, width] = gradient.extents as Extents4;
    const [, channels, height] = input.extents as Extents4;
    const above = rows - 1;
    const taller = this.padded(gradient, { top: above, bottom: Math.max(0, above + height - outputHeight) });
    const gradients = range(rows).map((row) => this.window(taller, 2, above - row + padding, height));
    const wider = this.padded(input, { left: padding, right: padding });
    const inputs = range(columns).map((column) => this.window(wider, 3, column, width));
    const products = this.imageProducts(
      this.joined(gradients, [batch, rows * filters, height * width]),
      this.joined(inputs, [batch, columns * channels, height * width]),
    );
    const taps = this.reshape(products, [rows, filters, columns, channels]);
    return this.emit('Transpose', [taps], [filters, channels, rows, columns], { perm: [1, 3, 0, 2] });
  }

  private gatheredWeightGradient(gradient: Value, input: Value, { kernel, stride, padding }: ConvGeometry): Value {
    const [rows, columns] = kernel;
    const [batch, filters, height, width] = gradient.extents as Extents4;
    const channels = input.extents[1]!;
    const surrounded = this.padded(input, { top: padding, bottom: padding, left: padding, right: padding });
    const taps = range(rows).flatMap((row) =>
      range(columns).map((column) =>
        this.window(this.window(surrounded, 2, row, height, stride), 3, column, width, stride),
      ),
    );
    const products = this.imageProducts(
      this.reshape(gradient, [batch, filters, height * width]),
      this.joined(taps, [batch, rows * columns * channels, height * width]),
    );
    const byTap = this.reshape(products, [filters, rows * columns, channels]);
    return this.emit('Transpose', [byTap], [filters, channels, rows, columns], { perm: [0, 2, 1] });
  }

  batchNormTrain(input: Value, scale: Value, shift: Value, _nearMean: Value, epsilon: number): BatchNormPass<Value> {
    const [batch, channels, height, width] = input.extents as Extents4;
    const count = batch * height * width;
    // In training mode the operator writes the statistics into its inputs, so these must be tensors nobody else reads.
    const scratch = [this.scaled(shift, 0), this.scaled(scale, 0)];
    const attributes = { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: 1 };
    const operands = [input, scale, shift, ...scratch].map(({ name }) => name);
    const names = this.model.nodeWithOutputs('BatchNormalization', operands, 3, attributes) as [string, string, string];
    const output = { name: names[0], extents: input.extents };
    const mean = { name: names[1], extents: [channels] };
    const variance = { name: names[2], extents: [channels] };
    return {
      output,
      mean,
      unbiasedVariance: this.scaled(variance, count / (count - 1)),
      gradients: (gradient) => this.batchNormGradients(gradient, input, { scale, mean, variance, epsilon, count }),
    };
  }

  /** With x^ = (x - mean) / sqrt(variance + epsilon): dx = scale / sqrt(…) * (dy - mean(dy) - x^ * mean(dy * x^)). */
  private batchNormGradients(
    gradient: Value,
    input: Value,
    pass: { scale: Value; mean: Value; variance: Value; epsilon: number; count: number },
  ) {
    const { scale, mean, variance, count } = pass;
    const shiftGradient = this.channelSums(gradient);
    const inputDotGradient = this.channelSums(this.product(gradient, input));
    const deviation = this.emit(
      'Sqrt',
      [this.sum(variance, { name: this.model.scalar(pass.epsilon), extents: [] })],
      variance.extents,
    );
    const inverse = this.emit('Reciprocal', [deviation], variance.extents);
    const centred = this.emit('Sub', [inputDotGradient, this.product(mean, shiftGradient)], mean.extents);
    const scaleGradient = this.product(inverse, centred);
    const factor = this.product(scale, inverse);
    const slope = this.scaled(this.product(this.product(factor, inverse), scaleGradient), -1 / count);
    const meanShift = this.scaled(this.product(factor, shiftGradient), -1 / count);
    const offset = this.emit('Sub', [meanShift, this.product(slope, mean)], mean.extents);
    return {
      input: this.sum(this.affine(gradient, factor, offset), this.affine(input, slope, this.scaled(slope, 0))),
      scale: scaleGradient,
      shift: shiftGradient,
    };
  }

  batchNormInfer(input: Value, scale: Value, shift: Value, mean: Value, variance: Value, epsilon: number): Value {
    const attributes = { epsilon: { float: epsilon } };
    return this.emit('BatchNormalization', [input, scale, shift, mean, variance], input.extents, attributes);
  }

  relu(input: Value): Value {
    return this.emit('Relu', [input], input.extents);
  }

  reluGradient(gradient: Value, output: Value): Value {
    return this.product(gradient, this.emit('Sign', [output], output.extents));
  }

  add(left: Value, right: Value): Value {
    return this.sum(left, right);
  }

  subsamplePad(input: Value, stride: number, appendedChannels: number): Value {
    const [batch, channels, height, width] = input.extents as Extents4;
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const taken = this.window(this.window(input, 2, 0, rows, stride), 3, 0, columns, stride);
    if (appendedChannels === 0) return taken;
    const pads = this.model.integers(0, 0, 0, 0, 0, appendedChannels, 0, 0);
    return this.emit('Pad', [taken, pads], [batch, channels + appendedChannels, rows, columns]);
  }

  subsamplePadGradient(gradient: Value, { channels, height, width }: Shape, stride: number): Value {
    const [batch, , rows, columns] = gradient.extents as Extents4;
    const kept = this.window(gradient, 1, 0, channels);
    const apart = this.reshape(kept, [batch, channels, rows, 1, columns, 1]);
    const pads = this.model.integers(0, 0, 0, 0, 0, 0, 0, 0, 0, stride - 1, 0, stride - 1);
    const spread = this.emit('Pad', [apart, pads], [batch, channels, rows, stride, columns, stride]);
    const whole = this.reshape(spread, [batch, channels, rows * stride, columns * stride]);
    return this.window(this.window(whole, 2, 0, height), 3, 0, width);
  }

  globalAveragePool(input: Value): Value {
    const [batch, channels] = input.extents as Extents4;
    return this.emit('GlobalAveragePool', [input], [batch, channels, 1, 1]);
  }

  globalAveragePoolGradient(gradient: Value, { channels, height, width }: Shape): Value {
    const extents = [this.batchSize, channels, height, width];
    const share = this.scaled(gradient, 1 / (height * width));
    return this.emit('Expand', [share, this.model.integers(...extents)], extents);
  }

  /** factor * value + offset by channel: batch norm in inference mode does it in one pass over the memory. */
  private affine(value: Value, factor: Value, offset: Value): Value {
    const channels = factor.extents[0]!;
    const vector = (constant: number) => this.model.floats(new Float32Array(channels).fill(constant));
    return this.emit('BatchNormalization', [value, factor, offset, vector(0), vector(1)], value.extents, {
      epsilon: { float: 0 },
    });
  }

  private channelSums(value: Value): Value {
    const [batch, channels] = value.extents as Extents4;
    const byImage = this.emit('ReduceSum', [value, this.axes(2, 3)], [batch, channels], { keepdims: 0 });
    return this.emit('ReduceSum', [byImage, this.axes(0)], [channels], { keepdims: 0 });
  }

  /** [batch, m, places] and [batch, n, places] give their products [m, n], summed over the batch. */
  private imageProducts(left: Value, right: Value): Value {
    const [batch, m, n] = [left.extents[0]!, left.extents[1]!, right.extents[1]!];
    const each = this.emit('FusedMatMul', [left, right], [batch, m, n], { transB: 1 }, 'com.microsoft');
    return this.emit('ReduceSum', [each, this.axes(0)], [m, n], { keepdims: 0 });
  }

  /** Weights with the kernel turned by half a turn, and filters and channels exchanged. */
  private turned(weights: Value): Value {
    const [filters, channels, ...kernel] = weights.extents as Extents4;
    const extents = [channels, filters, ...kernel];
    const exchanged = this.emit('Transpose', [weights], extents, { perm: [1, 0, 2, 3] });
    const [backwards, beyondTheStart] = [this.model.integers(-1, -1), this.model.integers(-1000, -1000)];
    return this.emit('Slice', [exchanged, backwards, beyondTheStart, this.axes(2, 3), backwards], extents);
  }

  private joined(values: readonly Value[], extents: readonly number[]): Value {
    return this.reshape(this.emit('Concat', values, [], { axis: 1 }), extents);
  }

  private padded(value: Value, sides: { top?: number; bottom?: number; left?: number; right?: number }): Value {
    const { top = 0, bottom = 0, left = 0, right = 0 } = sides;
    if (top + bottom + left + right === 0) return value;
    const [batch, channels, height, width] = value.extents as Extents4;
    const pads = this.model.integers(0, 0, top, left, 0, 0, bottom, right);
    return this.emit('Pad', [value, pads], [batch, channels, height + top + bottom, width + left + right]);
  }

  /** `count` entries along an axis from `start`, every `stride`-th. */
  private window(value: Value, axis: number, start: number, count: number, stride = 1): Value {
    if (start === 0 && stride === 1 && count === value.extents[axis]) return value;
    const end = start + (count - 1) * stride + 1;
    const bounds = [this.model.integers(start), this.model.integers(end), this.axes(axis), this.model.integers(stride)];
    return this.emit('Slice', [value, ...bounds], value.extents.with(axis, count));
  }
}

function convAttributes(kernel: readonly [number, number], stride: number, padding: number) {
  return { kernel_shape: [...kernel], strides: [stride, stride], pads: [padding, padding, padding, padding] };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
