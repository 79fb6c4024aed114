import type { Shape } from '../../network/graph';
import type {
  BatchNormPass,
  ChannelPositions,
  ConvGeometry,
  GraphOps,
  LossPass,
  Margins,
  PoolWindow,
} from '../../network/layers/graphOps';
import type { SgdOptions } from '../../network/layers/sgd';
import type { ParameterSets } from '../engine';
import { otherChannels, scatterKernel, transposed } from '../channelScatter';
import { convolution } from './convolution';
import type { GraphBuilder } from './graphBuilder';
import { axesWithinRows, physicalExtents, type DataFormat } from './layout';
import { Pooling } from './pooling';
import type { Value } from './value';
import { ValueOps, type Extents4 } from './valueOps';
import type { Variables } from './variables';

const float = { type: 'float32' } as const;
const int = { type: 'int32' } as const;
const oneTap: ConvGeometry = { kernel: [1, 1], stride: 1, padding: 0, dilation: 1, groups: 1 };

/** A placeholder for the factors of a layer of dropout. */
export interface DropoutInput {
  readonly layer: string;
  readonly name: string;
  /** In PyTorch's order, as they are fed. */
  readonly extents: readonly number[];
}

/** Networks in TensorFlow's operations. Extents are in PyTorch's order; activations lie as the data format says. */
export class TensorflowOps implements GraphOps<Value> {
  /** What must have run when a step is over, besides one of the two ways in which parameters move. */
  readonly updates: string[] = [];
  /** Moves all parameters and momenta. */
  readonly freeMoves: string[] = [];
  /** The same, but for the rows that are held; in a graph of its own, as nothing is held in most runs. */
  readonly heldMoves: string[] = [];
  /** What a step must be given for the layers of dropout. */
  readonly dropoutInputs: DropoutInput[] = [];
  private readonly ops: ValueOps;
  private readonly pooling: Pooling;

  /** A batch size of -1 is known only when the graph runs. */
  constructor(
    private readonly graph: GraphBuilder,
    private readonly variables: Variables,
    private readonly dataFormat: DataFormat,
    private readonly batchSize: number,
  ) {
    this.ops = new ValueOps(graph, dataFormat);
    this.pooling = new Pooling(this.ops);
  }

  /** Images [batch, channels, height, width] as they are fed, in the layout of this graph. */
  images(name: string, { channels, height, width }: Shape): Value {
    return this.fed(name, [this.batchSize, channels, height, width]);
  }

  variable(name: string): Value {
    return this.variables.read(name);
  }

  conv2d(input: Value, weights: Value, bias: Value | null, geometry: ConvGeometry): Value {
    const convolved = convolution(this.ops, geometry, input.extents[1]!).convolved(input, weights);
    const output = bias ? this.ops.withBias(convolved, bias) : convolved;
    return { ...output, convolution: { input, weights, bias, geometry } };
  }

  conv2dInputGradient(gradient: Value, weights: Value, shape: Shape, geometry: ConvGeometry): Value {
    const extents = this.extentsOf(shape);
    return convolution(this.ops, geometry, shape.channels).inputGradient(gradient, weights, extents);
  }

  conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value {
    return convolution(this.ops, geometry, input.extents[1]!).weightGradient(gradient, input);
  }

  scaledByChannel(input: Value, vector: Value): Value {
    const [count] = vector.extents as [number];
    const isLast = count === 1 || this.dataFormat === 'NHWC';
    return this.ops.binary('Mul', input, isLast ? vector : this.ops.reshaped(vector, [count, 1, 1], vector.extents));
  }

  channelSums(value: Value): Value {
    return this.ops.emit('BiasAddGrad', [value], [value.extents[1]!], { data_format: this.dataFormat });
  }

  vectorSum(vector: Value): Value {
    return this.ops.sum(vector, [0], [1], true);
  }

  batchNormTrain(input: Value, scale: Value, shift: Value, epsilon: number): BatchNormPass<Value> {
    // With a factor of one the running statistics are not read, and the batch's own come out.
    const attributes = { ...this.batchNorm(epsilon, true), exponential_avg_factor: { float: 1 } };
    const none = this.graph.floats([]);
    const output = this.ops.emit('FusedBatchNormV3', [input, scale, shift, none, none], input.extents, attributes);
    const { extents } = scale;
    const result = (index: number): Value => ({ name: `${output.name}:${index}`, extents });
    const reserved = [result(3), result(4), result(5)];
    return {
      output,
      mean: result(1),
      unbiasedVariance: result(2),
      gradients: (gradient) => {
        const operands = [gradient, input, scale, ...reserved];
        const own = this.ops.emit('FusedBatchNormGradV3', operands, input.extents, this.batchNorm(epsilon, true));
        return { input: own, scale: { name: `${own.name}:1`, extents }, shift: { name: `${own.name}:2`, extents } };
      },
    };
  }

  /** After a convolution it becomes part of it: the weights are scaled, which costs next to nothing. */
  batchNormInfer(input: Value, scale: Value, shift: Value, mean: Value, variance: Value, epsilon: number): Value {
    const { convolution } = input;
    if (!convolution) {
      const operands = [input, scale, shift, mean, variance];
      return this.ops.emit('FusedBatchNormV3', operands, input.extents, this.batchNorm(epsilon, false));
    }
    const nonZero = this.ops.binary('AddV2', variance, this.graph.scalar(epsilon));
    const factor = this.ops.binary('Mul', scale, this.ops.emit('Rsqrt', [nonZero], scale.extents));
    const centre = convolution.bias ? this.ops.binary('Sub', mean, convolution.bias) : mean;
    const offset = this.ops.binary('Sub', shift, this.ops.binary('Mul', centre, factor));
    // Filters are the last axis of TensorFlow's weights, so that a vector of them is spread over the others.
    const weights = this.ops.binary('Mul', convolution.weights, factor);
    return this.conv2d(convolution.input, weights, offset, convolution.geometry);
  }

  movingAverage(running: Value, batch: Value, momentum: number): Value {
    return this.ops.binary('AddV2', this.scaled(running, 1 - momentum), this.scaled(batch, momentum));
  }

  relu(input: Value): Value {
    return this.ops.emit('Relu', [input], input.extents);
  }

  reluGradient(gradient: Value, output: Value): Value {
    return this.ops.emit('ReluGrad', [gradient, output], gradient.extents);
  }

  add(left: Value, right: Value): Value {
    return this.ops.binary('AddV2', left, right);
  }

  multiply(left: Value, right: Value): Value {
    return this.ops.binary('Mul', left, right);
  }

  scaled(value: Value, factor: number): Value {
    return this.ops.scaled(value, factor);
  }

  shifted(value: Value, by: number): Value {
    return this.ops.binary('AddV2', value, this.graph.scalar(by));
  }

  clipped(value: Value, low: number, high: number): Value {
    return this.ops.emit('ClipByValue', [value, this.graph.scalar(low), this.graph.scalar(high)], value.extents);
  }

  within(value: Value, low: number, high: number): Value {
    const compared = (op: 'Greater' | 'Less', bound: number) =>
      this.graph.node(op, [value.name, this.graph.scalar(bound)], { T: float });
    const both = this.graph.node('LogicalAnd', [compared('Greater', low), compared('Less', high)]);
    return { name: this.fromTruths(both), extents: value.extents };
  }

  sigmoid(value: Value): Value {
    return this.ops.emit('Sigmoid', [value], value.extents);
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
    return this.pooling.meanGradient(gradient, this.extentsOf(inputShape), window);
  }

  scaledByPlace(value: Value, factors: Float32Array, { height, width }: Shape): Value {
    const spread = this.graph.floats(factors, physicalExtents([1, 1, height, width], this.dataFormat));
    return this.ops.binary('Mul', value, spread);
  }

  concatChannels(values: readonly Value[]): Value {
    return this.ops.concatChannels(values);
  }

  channelRange(value: Value, start: number, count: number): Value {
    return this.ops.window(value, [0, start, 0, 0], value.extents.with(1, count));
  }

  padded(value: Value, margins: Margins): Value {
    return this.ops.surrounded(value, margins);
  }

  cropped(value: Value, margins: Margins): Value {
    const { top, left, bottom, right } = margins;
    return this.ops.surrounded(value, { top: -top, left: -left, bottom: -bottom, right: -right });
  }

  flatten(value: Value, { channels, height, width }: Shape): Value {
    return this.ops.images(this.ops.flat(value), [value.extents[0]!, channels * height * width, 1, 1]);
  }

  unflatten(value: Value, { channels, height, width }: Shape): Value {
    return this.ops.images(this.ops.flat(value), [value.extents[0]!, channels, height, width]);
  }

  /** A placeholder, see `dropoutInputs`. */
  dropoutFactors(layer: string, _input: Value, { channels, height, width }: Shape): Value {
    const extents = [this.batchSize, channels, height, width];
    // Numbered, as TensorFlow does not take every name.
    const name = `step/dropout/${this.dropoutInputs.length}`;
    this.dropoutInputs.push({ layer, name, extents });
    return this.fed(name, extents);
  }

  subsamplePad(input: Value, _inputShape: Shape, stride: number, appendedChannels: number): Value {
    const own = this.ops.everyNth(input, stride);
    return this.ops.padded(own, [0, appendedChannels, 0, 0], own.extents.with(1, own.extents[1]! + appendedChannels));
  }

  subsamplePadGradient(gradient: Value, shape: Shape, stride: number): Value {
    const own = this.ops.window(gradient, [0, 0, 0, 0], gradient.extents.with(1, shape.channels));
    return this.ops.spread(own, stride, this.extentsOf(shape));
  }

  /** A convolution with a kernel of zeros and ones. */
  scatterChannels(input: Value, fill: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    // As TensorFlow keeps weights: channels, then filters.
    const kernel = this.graph.floats(transposed(scatterKernel(scatter), channels), [1, 1, positions.length, channels]);
    const others = this.graph.floats(otherChannels(scatter));
    const spread = this.oneByOne(input, kernel, channels);
    return this.ops.withBias(spread, this.ops.binary('Mul', fill, others));
  }

  scatterChannelsGradient(gradient: Value, scatter: ChannelPositions): Value {
    const { channels, positions } = scatter;
    const kernel = this.graph.floats(scatterKernel(scatter), [1, 1, channels, positions.length]);
    return this.oneByOne(gradient, kernel, positions.length);
  }

  private oneByOne(input: Value, kernel: string, filters: number): Value {
    const channels = input.extents[1]!;
    const weights = { name: kernel, extents: [filters, channels, 1, 1] };
    return convolution(this.ops, oneTap, channels).convolved(input, weights);
  }

  globalAveragePool(input: Value): Value {
    const [batch, channels] = input.extents as Extents4;
    const places = this.dataFormat === 'NHWC' ? [1, 2] : [2, 3];
    const axes = this.graph.integers(places);
    return this.ops.emit('Mean', [input, axes], [batch, channels, 1, 1], { Tidx: int, keep_dims: true });
  }

  globalAveragePoolGradient(gradient: Value, shape: Shape): Value {
    const extents = this.extentsOf(shape);
    const sizes = this.graph.integers(physicalExtents(extents, this.dataFormat));
    const share = this.scaled(gradient, 1 / (shape.height * shape.width));
    return this.ops.emit('BroadcastTo', [share, sizes], extents, { Tidx: int });
  }

  /** The result is images of one place, as every activation is images. */
  linear(input: Value, weights: Value, bias: Value): Value {
    const [batch, units] = [input.extents[0]!, weights.extents[0]!];
    const product = this.ops.product(this.ops.flat(input), weights, [batch, units], { transpose_b: true });
    const sum = this.ops.emit('BiasAdd', [product, bias], product.extents, { data_format: 'NHWC' });
    return this.ops.images(sum, [batch, units, 1, 1]);
  }

  linearInputGradient(gradient: Value, weights: Value, { extents }: Value): Value {
    const product = this.ops.product(this.ops.flat(gradient), weights, [extents[0]!, weights.extents[1]!], {});
    return this.ops.images(product, extents);
  }

  linearWeightGradient(gradient: Value, input: Value): Value {
    const [rows, features] = [this.ops.flat(gradient), this.ops.flat(input)];
    return this.ops.product(rows, features, [rows.extents[1]!, features.extents[1]!], { transpose_a: true });
  }

  linearBiasGradient(gradient: Value): Value {
    const rows = this.ops.flat(gradient);
    return this.ops.emit('BiasAddGrad', [rows], [rows.extents[1]!], { data_format: 'NHWC' });
  }

  /** In small operations: the one for all of it has no deterministic kernel for GPUs, and refuses to run there. */
  softmaxCrossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const flat = this.ops.flat(logits);
    const { extents } = flat;
    const [batch, classes] = extents as [number, number];
    const oneHot = [labels, this.graph.integers([classes], []), this.graph.scalar(1), this.graph.scalar(0)];
    const target = this.ops.emit('OneHot', oneHot, extents, { TI: int, axis: { int: -1 } });
    const logProbabilities = this.ops.emit('LogSoftmax', [flat], extents);
    const summed = this.ops.sum(this.ops.binary('Mul', logProbabilities, target), [0, 1], []);
    return {
      loss: this.scaled(summed, -1 / batch),
      correct: this.correct(flat, labels),
      gradient: () => {
        const probabilities = this.ops.emit('Exp', [logProbabilities], extents);
        const gradient = this.scaled(this.ops.binary('Sub', probabilities, target), 1 / batch);
        return this.ops.images(gradient, logits.extents);
      },
    };
  }

  /** One operation a parameter, which follows PyTorch's rule also when the rate changes (TensorFlow's Keras variant does not). */
  updateParameters(gradients: ReadonlyMap<string, Value>, learningRate: Value, rule: SgdOptions): void {
    const momentum = this.graph.scalar(rule.momentum);
    for (const [name, gradient] of gradients) {
      const parameter = this.variables.read(name);
      const decayed =
        rule.weightDecay === 0
          ? gradient
          : this.ops.binary('AddV2', gradient, this.scaled(parameter, rule.weightDecay));
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
      this.heldMoves.push(move(this.ops.binary('Mul', decayed, this.variables.trainedRows(name))));
    }
  }

  addImportance(gradients: ReadonlyMap<string, Value>, sets: ParameterSets): void {
    for (const [set, parameters] of sets) {
      const sums = parameters.map((name) => {
        const gradient = gradients.get(name);
        if (!gradient) throw new Error(`The step gives no gradient for "${name}".`);
        return this.rowProducts(gradient, this.variables.read(name));
      });
      const sum = sums.reduce((left, right) => this.ops.binary('AddV2', left, right));
      const operands = [this.variables.importanceHandle(set), this.ops.binary('Mul', sum, sum).name];
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
    const best = this.ops.emit('ArgMax', [logits, axis], extents, { Tidx: int, output_type: int });
    const equal = this.ops.emit('Equal', [best, labels], extents, { T: int, incompatible_shape_error: true });
    return this.ops.sum({ name: this.fromTruths(equal.name), extents }, [0], []);
  }

  /** 1 for true, 0 for false. */
  private fromTruths(truths: string): string {
    return this.graph.node('Cast', [truths], { SrcT: { type: 'bool' }, DstT: float, Truncate: false });
  }

  /** For each row of a parameter the sum of its values times those of its gradient. */
  private rowProducts(gradient: Value, parameter: Value): Value {
    const products = this.ops.binary('Mul', gradient, parameter);
    const axes = axesWithinRows(parameter.extents);
    return axes.length === 0 ? products : this.ops.sum(products, axes, [parameter.extents[0]!]);
  }

  /** Images that are fed in PyTorch's order. */
  private fed(name: string, extents: readonly number[]): Value {
    return this.ops.images({ name: this.graph.placeholder(name, 'float32', extents), extents }, extents);
  }

  private extentsOf({ channels, height, width }: Shape): number[] {
    return [this.batchSize, channels, height, width];
  }

  private batchNorm(epsilon: number, training: boolean) {
    const data_format = this.dataFormat;
    return { T: float, U: float, epsilon: { float: epsilon }, data_format, is_training: training };
  }
}
