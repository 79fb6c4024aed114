import type { Shape } from '../../network/graph';
import type { BatchNormPass, ChannelPositions, ConvGeometry, GraphOps, LossPass } from '../../network/layers/graphOps';
import { sizeOf } from '../../network/parameters';
import type { SgdOptions } from '../../network/layers/sgd';
import type { ParameterSets } from '../engine';
import { otherChannels, scatterKernel, transposed } from '../channelScatter';
import { convolutionAttributes, convolvedExtents, margins, type Margins } from './convolution';
import type { Attribute, GraphBuilder } from './graphBuilder';
import { axesWithinRows, physicalExtents, type DataFormat } from './layout';
import { subsampling } from './subsampling';
import type { Value } from './value';
import type { Variables } from './variables';

const float = { type: 'float32' } as const;
const int = { type: 'int32' } as const;
type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** Networks in TensorFlow's operations. Extents are in PyTorch's order; activations lie as the data format says. */
export class TensorflowOps implements GraphOps<Value> {
  /** What must have run when a step is over, besides one of the two ways in which parameters move. */
  readonly updates: string[] = [];
  /** Moves all parameters and momenta. */
  readonly freeMoves: string[] = [];
  /** The same, but for the rows that are held; in a graph of its own, as nothing is held in most runs. */
  readonly heldMoves: string[] = [];
  private readonly withZeros = new Map<string, Value>();

  constructor(
    private readonly graph: GraphBuilder,
    private readonly variables: Variables,
    private readonly dataFormat: DataFormat,
  ) {}

  /** Images [batch, channels, height, width] as they are fed, in the layout of this graph. */
  images(name: string, batch: number, { channels, height, width }: Shape): Value {
    const fed = { name: this.graph.placeholder(name, 'float32', [batch, channels, height, width]), extents: [] };
    const extents = [batch, channels, height, width];
    return this.dataFormat === 'NCHW' ? { ...fed, extents } : this.transposed(fed, [0, 2, 3, 1], extents);
  }

  variable(name: string): Value {
    return this.variables.read(name);
  }

  conv2d(input: Value, weights: Value, geometry: ConvGeometry): Value {
    const extents = convolvedExtents(input.extents, weights.extents, geometry);
    const surrounded = this.surrounded(input, geometry);
    const attributes = this.convolution(geometry, input.extents);
    return {
      ...this.emit('Conv2D', [surrounded, weights], extents, attributes),
      convolution: { input, weights, geometry },
    };
  }

  conv2dInputGradient(gradient: Value, weights: Value, shape: Shape, geometry: ConvGeometry): Value {
    const extents = [gradient.extents[0]!, shape.channels, shape.height, shape.width];
    const around = margins(extents, geometry);
    const whole = around ? withMargins(extents, around) : extents;
    const sizes = this.graph.integers(physicalExtents(whole, this.dataFormat));
    const attributes = this.convolution(geometry, extents);
    const own = this.emit('Conv2DBackpropInput', [sizes, weights, gradient], whole, attributes);
    return around ? this.withoutMargins(own, around, extents) : own;
  }

  conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    const [filters, channels] = [gradient.extents[1]!, input.extents[1]!];
    const sizes = this.graph.integers([...geometry.kernel, channels, filters]);
    const surrounded = this.surrounded(input, geometry);
    const attributes = this.convolution(geometry, input.extents);
    const extents = [filters, channels, ...geometry.kernel];
    return this.emit('Conv2DBackpropFilter', [surrounded, sizes, gradient], extents, attributes);
  }

  batchNormTrain(input: Value, scale: Value, shift: Value, _nearMean: Value, epsilon: number): BatchNormPass<Value> {
    // With a factor of one the running statistics are not read, and the batch's own come out.
    const attributes = { ...this.batchNorm(epsilon, true), exponential_avg_factor: { float: 1 } };
    const none = this.graph.floats([]);
    const output = this.emit('FusedBatchNormV3', [input, scale, shift, none, none], input.extents, attributes);
    const { extents } = scale;
    const result = (index: number): Value => ({ name: `${output.name}:${index}`, extents });
    const reserved = [result(3), result(4), result(5)];
    return {
      output,
      mean: result(1),
      unbiasedVariance: result(2),
      gradients: (gradient) => {
        const operands = [gradient, input, scale, ...reserved];
        const own = this.emit('FusedBatchNormGradV3', operands, input.extents, this.batchNorm(epsilon, true));
        return { input: own, scale: { name: `${own.name}:1`, extents }, shift: { name: `${own.name}:2`, extents } };
      },
    };
  }

  /** After a convolution it becomes part of it: the weights are scaled, which costs next to nothing. */
  batchNormInfer(input: Value, scale: Value, shift: Value, mean: Value, variance: Value, epsilon: number): Value {
    const { convolution } = input;
    if (!convolution) {
      const operands = [input, scale, shift, mean, variance];
      return this.emit('FusedBatchNormV3', operands, input.extents, this.batchNorm(epsilon, false));
    }
    const root = this.emit('Rsqrt', [this.binary('AddV2', variance, this.graph.scalar(epsilon))], scale.extents);
    const factor = this.binary('Mul', scale, root);
    const offset = this.binary('Sub', shift, this.binary('Mul', mean, factor));
    // Filters are the last axis of TensorFlow's weights, so that a vector of them is spread over the others.
    const weights = this.binary('Mul', convolution.weights, factor);
    const convolved = this.conv2d(convolution.input, weights, convolution.geometry);
    return this.emit('BiasAdd', [convolved, offset], input.extents, { data_format: this.dataFormat });
  }

  movingAverage(running: Value, batch: Value, momentum: number): Value {
    return this.binary('AddV2', this.scaled(running, 1 - momentum), this.scaled(batch, momentum));
  }

  relu(input: Value): Value {
    return this.emit('Relu', [input], input.extents);
  }

  reluGradient(gradient: Value, output: Value): Value {
    return this.emit('ReluGrad', [gradient, output], gradient.extents);
  }

  add(left: Value, right: Value): Value {
    return this.binary('AddV2', left, right);
  }

  subsamplePad(input: Value, _inputShape: Shape, stride: number, appendedChannels: number): Value {
    const { whole, taken, wholeView, takenView } = subsampling(input.extents, stride, this.dataFormat);
    const view = this.reshaped(this.filledUp(input, whole), wholeView, wholeView);
    const firsts = this.slice(view, [0, 0, 0, 0], takenView, takenView);
    const own = this.reshaped(firsts, physicalExtents(taken, this.dataFormat), taken);
    const extents = taken.with(1, taken[1]! + appendedChannels);
    return this.padded(own, [0, appendedChannels, 0, 0], extents);
  }

  subsamplePadGradient(gradient: Value, { channels, height, width }: Shape, stride: number): Value {
    const extents = [gradient.extents[0]!, channels, height, width];
    const { whole, taken, wholeView, takenView } = subsampling(extents, stride, this.dataFormat);
    const own = this.window(gradient, [0, 0, 0, 0], taken);
    const firsts = this.reshaped(own, takenView, takenView);
    const others = wholeView.map((count, axis) => count - takenView[axis]!);
    const view = this.pad(firsts, [0, 0, 0, 0], others, wholeView);
    return this.window(this.reshaped(view, physicalExtents(whole, this.dataFormat), whole), [0, 0, 0, 0], extents);
  }

  /** A convolution with a kernel of zeros and ones. */
  scatterChannels(input: Value, fill: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    // As TensorFlow keeps weights: channels, then filters.
    const kernel = this.graph.floats(transposed(scatterKernel(scatter), channels), [1, 1, positions.length, channels]);
    const others = this.graph.floats(otherChannels(scatter));
    const spread = this.oneByOne(input, kernel, channels);
    const constants = this.binary('Mul', fill, others);
    return this.emit('BiasAdd', [spread, constants], spread.extents, { data_format: this.dataFormat });
  }

  scatterChannelsGradient(gradient: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    const kernel = this.graph.floats(scatterKernel(scatter), [1, 1, channels, positions.length]);
    return this.oneByOne(gradient, kernel, positions.length);
  }

  private oneByOne(input: Value, kernel: string, channels: number): Value {
    const attributes = convolutionAttributes(1, 'SAME', this.dataFormat);
    return this.emit('Conv2D', [input, kernel], input.extents.with(1, channels), attributes);
  }

  globalAveragePool(input: Value): Value {
    const [batch, channels] = input.extents as Extents4;
    const places = this.graph.integers(this.dataFormat === 'NHWC' ? [1, 2] : [2, 3]);
    return this.emit('Mean', [input, places], [batch, channels, 1, 1], {
      T: float,
      Tidx: int,
      keep_dims: true,
    });
  }

  globalAveragePoolGradient(gradient: Value, { channels, height, width }: Shape): Value {
    const extents = [gradient.extents[0]!, channels, height, width];
    const shape = this.graph.integers(physicalExtents(extents, this.dataFormat));
    const share = this.scaled(gradient, 1 / (height * width));
    return this.emit('BroadcastTo', [share, shape], extents, { T: float, Tidx: int });
  }

  linear(input: Value, weights: Value, bias: Value): Value {
    const extents = [input.extents[0]!, weights.extents[0]!];
    const product = this.product(this.flat(input), weights, extents, { transpose_b: true });
    return this.emit('BiasAdd', [product, bias], extents, { data_format: 'NHWC' });
  }

  linearInputGradient(gradient: Value, weights: Value, { extents }: Value): Value {
    const flat = this.product(gradient, weights, [gradient.extents[0]!, weights.extents[1]!], {});
    if (extents.length === 2) return flat;
    const apart = this.reshaped(flat, extents, extents);
    return this.dataFormat === 'NCHW' ? apart : this.transposed(apart, [0, 2, 3, 1], extents);
  }

  linearWeightGradient(gradient: Value, input: Value): Value {
    const features = this.flat(input);
    const extents = [gradient.extents[1]!, features.extents[1]!];
    return this.product(gradient, features, extents, { transpose_a: true });
  }

  linearBiasGradient(gradient: Value): Value {
    return this.emit('BiasAddGrad', [gradient], [gradient.extents[1]!], { data_format: 'NHWC' });
  }

  /** In small operations: the one for all of it has no deterministic kernel for GPUs, and refuses to run there. */
  softmaxCrossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const { extents } = logits;
    const [batch, classes] = extents as [number, number];
    const oneHot = [labels, this.graph.integers([classes], []), this.graph.scalar(1), this.graph.scalar(0)];
    const target = this.emit('OneHot', oneHot, extents, { TI: int, axis: { int: -1 } });
    const logProbabilities = this.emit('LogSoftmax', [logits], extents);
    const summed = this.total(this.binary('Mul', logProbabilities, target), [0, 1]);
    return {
      loss: this.scaled(summed, -1 / batch),
      correct: this.correct(logits, labels),
      gradient: () => {
        const probabilities = this.emit('Exp', [logProbabilities], extents);
        return this.scaled(this.binary('Sub', probabilities, target), 1 / batch);
      },
    };
  }

  /** One operation a parameter, which follows PyTorch's rule also when the rate changes (TensorFlow's Keras variant does not). */
  updateParameters(gradients: ReadonlyMap<string, Value>, learningRate: Value, rule: SgdOptions): void {
    const momentum = this.graph.scalar(rule.momentum);
    for (const [name, gradient] of gradients) {
      const parameter = this.variables.read(name);
      const decayed =
        rule.weightDecay === 0 ? gradient : this.binary('AddV2', gradient, this.scaled(parameter, rule.weightDecay));
      const handles = [this.variables.handle(name), this.variables.momentumHandle(name)];
      const attributes = { T: float, use_locking: false, use_nesterov: rule.nesterov };
      // Nobody may read the parameter after it has moved.
      const after = [parameter.name];
      const move = (by: Value): string => {
        const operands = [...handles, learningRate.name, by.name, momentum];
        return this.graph.node('ResourceApplyMomentum', operands, attributes, { after });
      };
      this.freeMoves.push(move(decayed));
      // A row that is held has value and momentum zero, so that without a gradient it stays there.
      this.heldMoves.push(move(this.binary('Mul', decayed, this.variables.trainedRows(name))));
    }
  }

  addImportance(gradients: ReadonlyMap<string, Value>, sets: ParameterSets): void {
    for (const [set, parameters] of sets) {
      const sums = parameters.map((name) => {
        const gradient = gradients.get(name);
        if (!gradient) throw new Error(`The step gives no gradient for "${name}".`);
        return this.rowProducts(gradient, this.variables.read(name));
      });
      const sum = sums.reduce((left, right) => this.binary('AddV2', left, right));
      const operands = [this.variables.importanceHandle(set), this.binary('Mul', sum, sum).name];
      this.updates.push(this.graph.node('AssignAddVariableOp', operands, { dtype: float }));
    }
  }

  updateStatistics(values: ReadonlyMap<string, Value>): void {
    for (const [name, value] of values) {
      const operands = [this.variables.handle(name), value.name];
      this.updates.push(this.graph.node('AssignVariableOp', operands, { dtype: float }));
    }
  }

  private correct(logits: Value, labels: Value): Value {
    const { extents } = labels;
    const axis = this.graph.integers([1], []);
    const best = this.emit('ArgMax', [logits, axis], extents, { Tidx: int, output_type: int });
    const equal = this.emit('Equal', [best, labels], extents, { T: int, incompatible_shape_error: true });
    const cast = { SrcT: { type: 'bool' }, DstT: float, Truncate: false } as const;
    return this.total({ name: this.graph.node('Cast', [equal.name], cast), extents }, [0]);
  }

  /** For each row of a parameter the sum of its values times those of its gradient. */
  private rowProducts(gradient: Value, parameter: Value): Value {
    const products = this.binary('Mul', gradient, parameter);
    const axes = axesWithinRows(parameter.extents);
    if (axes.length === 0) return products;
    const extents = [parameter.extents[0]!];
    return this.emit('Sum', [products, this.graph.integers(axes)], extents, { Tidx: int, keep_dims: false });
  }

  /** Sum over all axes, which are named. */
  private total(value: Value, axes: readonly number[]): Value {
    return this.emit('Sum', [value, this.graph.integers(axes)], [], { Tidx: int, keep_dims: false });
  }

  private emit(
    op: string,
    inputs: readonly (Value | string)[],
    extents: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return { name: this.graph.node(op, names, { T: float, ...attributes }), extents };
  }

  private binary(op: 'AddV2' | 'Mul' | 'Sub', left: Value, right: Value | string): Value {
    return this.emit(op, [left, right], left.extents);
  }

  private scaled(value: Value, factor: number): Value {
    return this.binary('Mul', value, this.graph.scalar(factor));
  }

  private product(left: Value, right: Value, extents: readonly number[], which: Readonly<Record<string, boolean>>) {
    return this.emit('MatMul', [left, right], extents, { transpose_a: false, transpose_b: false, ...which });
  }

  private reshaped(value: Value, physical: readonly number[], extents: readonly number[]): Value {
    return this.emit('Reshape', [value, this.graph.integers(physical)], extents, { T: float, Tshape: int });
  }

  /** The physical axes in this order. */
  private transposed(value: Value, order: readonly number[], extents: readonly number[]): Value {
    return this.emit('Transpose', [value, this.graph.integers(order)], extents, { T: float, Tperm: int });
  }

  /** [batch, features] with the features in PyTorch's order: channel by channel. */
  private flat(value: Value): Value {
    if (value.extents.length === 2) return value;
    const [batch, ...others] = value.extents as Extents4;
    const oneByOne = others[1] === 1 && others[2] === 1;
    const ordered =
      this.dataFormat === 'NCHW' || oneByOne ? value : this.transposed(value, [0, 3, 1, 2], value.extents);
    const extents = [batch, sizeOf(others)];
    return this.reshaped(ordered, extents, extents);
  }

  private convolution(geometry: ConvGeometry, inputExtents: readonly number[]) {
    const padding = margins(inputExtents, geometry) ? 'VALID' : 'SAME';
    return convolutionAttributes(geometry.stride, padding, this.dataFormat);
  }

  /** The input with the zeros around it that the convolution needs: made once for the forward and the backward pass. */
  private surrounded(input: Value, geometry: ConvGeometry): Value {
    const around = margins(input.extents, geometry);
    if (!around) return input;
    const key = `${input.name} ${Object.values(around).join()}`;
    const known = this.withZeros.get(key);
    if (known) return known;
    const reached = withMargins(input.extents, {
      above: 0,
      below: min0(around.below),
      left: 0,
      right: min0(around.right),
    });
    const after = [0, 0, Math.max(0, around.below), Math.max(0, around.right)];
    const before = [0, 0, around.above, around.left];
    const extents = withMargins(input.extents, around);
    const padded = this.padded(this.window(input, [0, 0, 0, 0], reached), after, extents, before);
    this.withZeros.set(key, padded);
    return padded;
  }

  /** The way back from `surrounded`, for its gradient: values that were left out have none. */
  private withoutMargins(value: Value, around: Margins, extents: readonly number[]): Value {
    const kept = withMargins(extents, { above: 0, below: min0(around.below), left: 0, right: min0(around.right) });
    const own = this.window(value, [0, 0, around.above, around.left], kept);
    return this.padded(own, [0, 0, -min0(around.below), -min0(around.right)], extents);
  }

  /** Zeros after the rows and columns, up to these extents. */
  private filledUp(value: Value, extents: readonly number[]): Value {
    const missing = extents.map((count, axis) => count - value.extents[axis]!);
    return this.padded(value, missing, extents);
  }

  /** Zeros after the values of each axis, and before them; in PyTorch's order. */
  private padded(value: Value, after: readonly number[], extents: readonly number[], before = [0, 0, 0, 0]): Value {
    if ([...before, ...after].every((count) => count === 0)) return value;
    return this.pad(value, physicalExtents(before, this.dataFormat), physicalExtents(after, this.dataFormat), extents);
  }

  /** A part of the value from `begin`, both in PyTorch's order. */
  private window(value: Value, begin: readonly number[], extents: readonly number[]): Value {
    if (begin.every((start) => start === 0) && extents.join() === value.extents.join()) return value;
    return this.slice(
      value,
      physicalExtents(begin, this.dataFormat),
      physicalExtents(extents, this.dataFormat),
      extents,
    );
  }

  private pad(value: Value, before: readonly number[], after: readonly number[], extents: readonly number[]): Value {
    const pairs = before.flatMap((count, axis) => [count, after[axis]!]);
    const counts = this.graph.integers(pairs, [before.length, 2]);
    return this.emit('Pad', [value, counts], extents, { T: float, Tpaddings: int });
  }

  private slice(value: Value, begin: readonly number[], sizes: readonly number[], extents: readonly number[]): Value {
    const bounds = [begin, sizes].map((counts) => this.graph.integers(counts));
    return this.emit('Slice', [value, ...bounds], extents, { T: float, Index: int });
  }

  private batchNorm(epsilon: number, training: boolean) {
    const data_format = this.dataFormat;
    return { T: float, U: float, epsilon: { float: epsilon }, data_format, is_training: training };
  }
}

function withMargins(extents: readonly number[], { above, below, left, right }: Margins): number[] {
  const [batch, channels, height, width] = extents as Extents4;
  return [batch, channels, height + above + below, width + left + right];
}

function min0(count: number): number {
  return Math.min(0, count);
}
