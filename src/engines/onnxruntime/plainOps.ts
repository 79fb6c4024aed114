import type { Shape } from '../../network/graph';
import { convolvedExtent } from '../../network/layers/conv';
import type { BatchNormPass, ChannelPositions, ConvGeometry, Margins, PoolWindow } from '../../network/layers/graphOps';
import { otherChannels, scatterKernel } from '../channelScatter';
import { CommonOps } from './commonOps';
import { Pooling } from './pooling';
import type { Value } from './value';

type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** Networks in ONNX's ordinary operators; activations lie as [batch, channels, height, width]. For the CPU; see `GpuOps`. */
export class PlainOps extends CommonOps {
  protected readonly pooling: Pooling = new Pooling(this.to);

  conv2d(input: Value, weights: Value, bias: Value | null, geometry: ConvGeometry): Value {
    const [batch, , height, width] = input.extents as Extents4;
    const [rows, columns] = geometry.kernel;
    const extents = [
      batch,
      weights.extents[0]!,
      convolvedExtent(height, rows, geometry),
      convolvedExtent(width, columns, geometry),
    ];
    return this.to.emit('Conv', [input, weights, ...(bias ? [bias] : [])], extents, convAttributes(geometry));
  }

  conv2dInputGradient(gradient: Value, weights: Value, shape: Shape, geometry: ConvGeometry): Value {
    const { kernel, stride, padding, dilation } = geometry;
    const [batch, , height, width] = gradient.extents as Extents4;
    const extents = [batch, shape.channels, shape.height, shape.width];
    const reach = dilation * (kernel[0] - 1);
    // A convolution with the turned kernel is two to three times faster than onnxruntime's ConvTranspose.
    if (stride === 1 && kernel[0] === kernel[1] && padding <= reach) {
      const attributes = convAttributes({ ...geometry, padding: reach - padding });
      return this.to.emit('Conv', [gradient, this.turned(weights, geometry.groups)], extents, attributes);
    }
    const missing = (size: number, taps: number, inputSize: number) =>
      inputSize - ((size - 1) * stride - 2 * padding + dilation * (taps - 1) + 1);
    const attributes = {
      ...convAttributes(geometry),
      output_padding: [missing(height, kernel[0], shape.height), missing(width, kernel[1], shape.width)],
    };
    return this.to.emit('ConvTranspose', [gradient, weights], extents, attributes);
  }

  /** One matrix product an image, over all places of the image, of the output's gradient and the shifted inputs. */
  conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const { kernel, stride, padding, dilation, groups } = geometry;
    if (groups > 1) return this.groupedWeightGradient(gradient, input, geometry);
    return stride === 1 && dilation === 1 && padding < kernel[0]
      ? this.shiftedWeightGradient(gradient, input, geometry)
      : this.gatheredWeightGradient(gradient, input, geometry);
  }

  /** At stride 1 shifting the gradient by rows and the input by columns saves most of the copies. */
  private shiftedWeightGradient(gradient: Value, input: Value, { kernel, padding }: ConvGeometry): Value {
    const [rows, columns] = kernel;
    const [batch, filters, outputHeight, width] = gradient.extents as Extents4;
    const [, channels, height] = input.extents as Extents4;
    const above = rows - 1;
    const taller = this.to.padded(gradient, [0, 0, above, 0], [0, 0, Math.max(0, above + height - outputHeight), 0]);
    const gradients = range(rows).map((row) => this.to.window(taller, 2, above - row + padding, height));
    const wider = this.to.padded(input, [0, 0, 0, padding], [0, 0, 0, padding]);
    const inputs = range(columns).map((column) => this.to.window(wider, 3, column, width));
    const products = this.imageProducts(
      this.joined(gradients, [batch, rows * filters, height * width]),
      this.joined(inputs, [batch, columns * channels, height * width]),
    );
    const taps = this.to.reshape(products, [rows, filters, columns, channels]);
    return this.to.transpose(taps, [1, 3, 0, 2]);
  }

  private gatheredWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const [rows, columns] = geometry.kernel;
    const [batch, filters, height, width] = gradient.extents as Extents4;
    const channels = input.extents[1]!;
    const products = this.imageProducts(
      this.to.reshape(gradient, [batch, filters, height * width]),
      this.joined(this.readByTaps(input, gradient, geometry), [batch, rows * columns * channels, height * width]),
    );
    const byTap = this.to.reshape(products, [filters, rows * columns, channels]);
    return this.to.reshape(this.to.transpose(byTap, [0, 2, 1]), [filters, channels, rows, columns]);
  }

  /** Of filters that read one channel each the products tap by tap; of others a matrix product a group. */
  private groupedWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const { groups, kernel } = geometry;
    const [batch, filters, height, width] = gradient.extents as Extents4;
    const [channels, places] = [input.extents[1]!, height * width];
    const [ofGroup, readByGroup] = [filters / groups, channels / groups];
    const taps = this.readByTaps(input, gradient, geometry);
    if (readByGroup === 1) {
      const apart = this.to.reshape(gradient, [batch, channels, ofGroup, places]);
      const sums = taps.map((tap) => {
        const read = this.to.reshape(tap, [batch, channels, 1, places]);
        return this.to.reshape(this.to.total(this.to.product(apart, read), 0, 3), [filters, 1]);
      });
      return this.to.reshape(this.to.concatenate(sums, 1), [filters, 1, ...kernel]);
    }
    const products = range(groups).map((group) =>
      this.imageProducts(
        this.to.reshape(this.to.window(gradient, 1, group * ofGroup, ofGroup), [batch, ofGroup, places]),
        this.joined(
          taps.map((tap) => this.to.window(tap, 1, group * readByGroup, readByGroup)),
          [batch, taps.length * readByGroup, places],
        ),
      ),
    );
    const byTap = this.to.reshape(this.to.concatenate(products, 0), [filters, taps.length, readByGroup]);
    return this.to.reshape(this.to.transpose(byTap, [0, 2, 1]), [filters, readByGroup, ...kernel]);
  }

  /** For each tap of the kernel what it reads of the input at all places of the output. */
  private readByTaps(input: Value, output: Value, { kernel, stride, padding, dilation }: ConvGeometry): Value[] {
    const [, , height, width] = output.extents as Extents4;
    const surrounded = this.to.padded(input, [0, 0, padding, padding], [0, 0, padding, padding]);
    return range(kernel[0]).flatMap((row) => {
      const rows = this.to.window(surrounded, 2, row * dilation, height, stride);
      return range(kernel[1]).map((column) => this.to.window(rows, 3, column * dilation, width, stride));
    });
  }

  batchNormTrain(input: Value, scale: Value, shift: Value, epsilon: number): BatchNormPass<Value> {
    const [batch, channels, height, width] = input.extents as Extents4;
    const count = batch * height * width;
    // In training mode the operator writes the statistics into its inputs, so these must be tensors nobody else reads.
    const scratch = [this.to.scaled(shift, 0), this.to.scaled(scale, 0)];
    const attributes = { epsilon: { float: epsilon }, momentum: { float: 0 }, training_mode: 1 };
    const operands = [input, scale, shift, ...scratch].map(({ name }) => name);
    const names = this.to.model.nodeWithOutputs('BatchNormalization', operands, 3, attributes) as [
      string,
      string,
      string,
    ];
    const output = { name: names[0], extents: input.extents };
    const mean = { name: names[1], extents: [channels] };
    const variance = { name: names[2], extents: [channels] };
    return {
      output,
      mean,
      unbiasedVariance: this.to.scaled(variance, count / (count - 1)),
      gradients: (gradient) => this.batchNormGradients(gradient, input, { scale, mean, variance, epsilon, count }),
    };
  }

  /** With x^ = (x - mean) / sqrt(variance + epsilon): dx = scale / sqrt(…) * (dy - mean(dy) - x^ * mean(dy * x^)). */
  protected batchNormGradients(
    gradient: Value,
    input: Value,
    pass: { scale: Value; mean: Value; variance: Value; epsilon: number; count: number },
  ) {
    const { scale, mean, variance, count } = pass;
    const shiftGradient = this.channelSums(gradient);
    const inputDotGradient = this.channelSums(this.to.product(gradient, input));
    const inverse = this.to.inverseRoot(variance, pass.epsilon);
    const centred = this.to.difference(inputDotGradient, this.to.product(mean, shiftGradient));
    const scaleGradient = this.to.product(inverse, centred);
    const factor = this.to.product(scale, inverse);
    const slope = this.to.scaled(this.to.product(this.to.product(factor, inverse), scaleGradient), -1 / count);
    const meanShift = this.to.scaled(this.to.product(factor, shiftGradient), -1 / count);
    const offset = this.to.difference(meanShift, this.to.product(slope, mean));
    return {
      input: this.to.sum(this.affine(gradient, factor, offset), this.affine(input, slope, this.to.scaled(slope, 0))),
      scale: scaleGradient,
      shift: shiftGradient,
    };
  }

  batchNormInfer(input: Value, scale: Value, shift: Value, mean: Value, variance: Value, epsilon: number): Value {
    const attributes = { epsilon: { float: epsilon } };
    return this.to.emit('BatchNormalization', [input, scale, shift, mean, variance], input.extents, attributes);
  }

  relu(input: Value): Value {
    return this.to.emit('Relu', [input], input.extents);
  }

  reluGradient(gradient: Value, output: Value): Value {
    return this.to.product(gradient, this.to.emit('Sign', [output], output.extents));
  }

  add(left: Value, right: Value): Value {
    return this.to.sum(left, right);
  }

  subsamplePad(input: Value, { height, width }: Shape, stride: number, appendedChannels: number): Value {
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    const taken = this.to.window(this.to.window(input, 2, 0, rows, stride), 3, 0, columns, stride);
    return this.to.padded(taken, [0, 0, 0, 0], [0, appendedChannels, 0, 0]);
  }

  subsamplePadGradient(gradient: Value, { channels, height, width }: Shape, stride: number): Value {
    const [batch, , rows, columns] = gradient.extents as Extents4;
    const kept = this.to.window(gradient, 1, 0, channels);
    const apart = this.to.reshape(kept, [batch, channels, rows, 1, columns, 1]);
    const spread = this.to.padded(apart, [0, 0, 0, 0, 0, 0], [0, 0, 0, stride - 1, 0, stride - 1]);
    const whole = this.to.reshape(spread, [batch, channels, rows * stride, columns * stride]);
    return this.to.window(this.to.window(whole, 2, 0, height), 3, 0, width);
  }

  /** A convolution with a kernel of zeros and ones adds the constants on the way. */
  scatterChannels(input: Value, fill: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    const kernel = this.to.constant(scatterKernel(scatter), [channels, positions.length, 1, 1]);
    const others = this.to.constant(otherChannels(scatter), [channels]);
    const extents = input.extents.with(1, channels);
    return this.to.emit('Conv', [input, kernel, this.to.product(fill, others)], extents, convAttributes(oneByOne));
  }

  scatterChannelsGradient(gradient: Value, { positions }: ChannelPositions): Value {
    const extents = gradient.extents.with(1, positions.length);
    return this.to.emit('Gather', [gradient, this.to.model.integers(...positions)], extents, { axis: 1 });
  }

  globalAveragePool(input: Value): Value {
    const [batch, channels] = input.extents as Extents4;
    return this.to.emit('GlobalAveragePool', [input], [batch, channels, 1, 1]);
  }

  globalAveragePoolGradient(gradient: Value, { channels, height, width }: Shape): Value {
    const extents = [this.batchSize, channels, height, width];
    const share = this.to.scaled(gradient, 1 / (height * width));
    return this.to.spread(share, extents);
  }

  /** factor * value + offset by channel: batch norm in inference mode does it in one pass over the memory. */
  private affine(value: Value, factor: Value, offset: Value): Value {
    const channels = factor.extents[0]!;
    const vector = (constant: number) => this.to.model.floats(new Float32Array(channels).fill(constant));
    return this.to.emit('BatchNormalization', [value, factor, offset, vector(0), vector(1)], value.extents, {
      epsilon: { float: 0 },
    });
  }

  channelSums(value: Value): Value {
    return this.to.total(this.to.total(value, 2, 3), 0);
  }

  scaledByChannel(input: Value, vector: Value): Value {
    const [count] = vector.extents as [number];
    return this.to.product(input, this.to.reshape(vector, [count, 1, 1]));
  }

  maxPool(input: Value, _inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.largest(input, window);
  }

  maxPoolGradient(gradient: Value, input: Value, output: Value, _inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.largestGradient(gradient, input, output, window);
  }

  averagePool(input: Value, _inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.mean(input, window);
  }

  averagePoolGradient(gradient: Value, inputShape: Shape, window: PoolWindow): Value {
    return this.pooling.meanGradient(gradient, inputShape, window);
  }

  scaledByPlace(value: Value, factors: Float32Array, { height, width }: Shape): Value {
    return this.to.product(value, this.to.constant(factors, [height, width]));
  }

  concatChannels(values: readonly Value[]): Value {
    return this.to.concatenate(values, 1);
  }

  channelRange(value: Value, start: number, count: number): Value {
    return this.to.window(value, 1, start, count);
  }

  padded(value: Value, { top, left, bottom, right }: Margins): Value {
    return this.to.padded(value, [0, 0, top, left], [0, 0, bottom, right]);
  }

  cropped(value: Value, { top, left, bottom, right }: Margins): Value {
    const [, , height, width] = value.extents as Extents4;
    const rows = this.to.window(value, 2, top, height - top - bottom);
    return this.to.window(rows, 3, left, width - left - right);
  }

  flatten(value: Value, { channels, height, width }: Shape): Value {
    return this.to.reshape(value, [value.extents[0]!, channels * height * width, 1, 1]);
  }

  unflatten(value: Value, { channels, height, width }: Shape): Value {
    return this.to.reshape(value, [value.extents[0]!, channels, height, width]);
  }

  /** [batch, m, places] and [batch, n, places] give their products [m, n], summed over the batch. */
  protected imageProducts(left: Value, right: Value): Value {
    const [batch, m, n] = [left.extents[0]!, left.extents[1]!, right.extents[1]!];
    const each = this.to.emit('FusedMatMul', [left, right], [batch, m, n], { transB: 1 }, 'com.microsoft');
    return this.to.total(each, 0);
  }

  /** Weights with the kernel turned by half a turn, and filters and channels of each group exchanged. */
  private turned(weights: Value, groups: number): Value {
    const [filters, channels, rows, columns] = weights.extents as Extents4;
    const apart = this.to.reshape(weights, [groups, filters / groups, channels, rows, columns]);
    const exchanged = this.to.reshape(this.to.transpose(apart, [0, 2, 1, 3, 4]), [
      groups * channels,
      filters / groups,
      rows,
      columns,
    ]);
    return this.to.reversed(this.to.reversed(exchanged, 2), 3);
  }

  private joined(values: readonly Value[], extents: readonly number[]): Value {
    return this.to.reshape(this.to.concatenate(values, 1), extents);
  }
}

const oneByOne: ConvGeometry = { kernel: [1, 1], stride: 1, padding: 0, dilation: 1, groups: 1 };

function convAttributes({ kernel, stride, padding, dilation, groups }: ConvGeometry) {
  return {
    kernel_shape: [...kernel],
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    dilations: [dilation, dilation],
    group: groups,
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
