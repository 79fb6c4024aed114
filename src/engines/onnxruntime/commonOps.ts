import type { Shape } from '../../network/graph';
import type { BatchNormPass, ConvGeometry, GraphOps, LossPass, SgdRule } from '../../network/graphOps';
import type { ModelBuilder } from './modelBuilder';
import { TensorProto_DataType as DataType } from './onnx_pb';
import type { Value } from './value';
import type { VariableLayout } from './variableLayout';

export interface Layouts {
  readonly parameters: VariableLayout;
  readonly statistics: VariableLayout;
}

/**
 * The operations that do not depend on how activations lie in memory: variables and their updates, the classifier, the loss.
 * The model's inputs and outputs `parameters`, `momenta` and `statistics` are flat vectors.
 */
export abstract class CommonOps implements GraphOps<Value> {
  private readonly variables = new Map<string, Value>();

  constructor(
    protected readonly model: ModelBuilder,
    /** -1 where it is known only when the model runs. */
    protected readonly batchSize: number,
    private readonly layouts: Layouts,
  ) {
    this.readVariables('parameters', layouts.parameters);
    this.readVariables('statistics', layouts.statistics);
  }

  abstract conv2d(input: Value, weights: Value, geometry: ConvGeometry): Value;
  abstract conv2dInputGradient(gradient: Value, weights: Value, inputShape: Shape, geometry: ConvGeometry): Value;
  abstract conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value;
  abstract batchNormTrain(
    input: Value,
    scale: Value,
    shift: Value,
    nearMean: Value,
    epsilon: number,
  ): BatchNormPass<Value>;
  abstract batchNormInfer(
    input: Value,
    scale: Value,
    shift: Value,
    mean: Value,
    variance: Value,
    epsilon: number,
  ): Value;
  abstract relu(input: Value): Value;
  abstract reluGradient(gradient: Value, output: Value): Value;
  abstract add(left: Value, right: Value): Value;
  abstract subsamplePad(input: Value, stride: number, appendedChannels: number): Value;
  abstract subsamplePadGradient(gradient: Value, inputShape: Shape, stride: number): Value;
  abstract globalAveragePool(input: Value): Value;
  abstract globalAveragePoolGradient(gradient: Value, inputShape: Shape): Value;

  variable(name: string): Value {
    const value = this.variables.get(name);
    if (!value) throw new Error(`The network has no variable "${name}".`);
    return value;
  }

  movingAverage(running: Value, batch: Value, momentum: number): Value {
    return this.sum(this.scaled(running, 1 - momentum), this.scaled(batch, momentum));
  }

  dense(input: Value, weights: Value, bias: Value): Value {
    const [units] = weights.extents as [number];
    return this.emit('Gemm', [this.flat(input), weights, bias], [this.batchSize, units], { transB: 1 });
  }

  denseInputGradient(gradient: Value, weights: Value, { channels, height, width }: Shape): Value {
    const [, features] = weights.extents as [number, number];
    const flat = this.emit('MatMul', [gradient, weights], [this.batchSize, features]);
    return this.reshape(flat, [this.batchSize, channels, height, width]);
  }

  denseWeightGradient(gradient: Value, input: Value): Value {
    const [features, units] = [this.flat(input), gradient.extents[1]!];
    return this.emit('Gemm', [gradient, features], [units, features.extents[1]!], { transA: 1 });
  }

  denseBiasGradient(gradient: Value): Value {
    return this.emit('ReduceSum', [gradient, this.axes(0)], [gradient.extents[1]!], { keepdims: 0 });
  }

  softmaxCrossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const [batch, classes] = logits.extents as [number, number];
    const depth = this.model.integers(classes);
    const offAndOn = this.model.floats([0, 1]);
    const classIndices = this.emit('Cast', [labels], labels.extents, { to: DataType.INT64 });
    const target = this.emit('OneHot', [classIndices, depth, offAndOn], logits.extents, { axis: -1 });
    const logProbabilities = this.emit('LogSoftmax', [logits], logits.extents, { axis: 1 });
    const perClass = this.product(logProbabilities, target);
    const summed = this.emit('ReduceSum', [perClass], [], { keepdims: 0 });
    return {
      loss: this.scaled(summed, -1 / batch),
      correct: this.correct(logits, classIndices),
      gradient: () => {
        const probabilities = this.emit('Exp', [logProbabilities], logits.extents);
        return this.scaled(this.emit('Sub', [probabilities, target], logits.extents), 1 / batch);
      },
    };
  }

  updateParameters(gradients: ReadonlyMap<string, Value>, learningRate: Value, rule: SgdRule): void {
    const { parameters: layout } = this.layouts;
    const vector = (name: string): Value => ({ name, extents: [layout.size] });
    const [parameters, momenta] = [vector('parameters'), vector(this.model.input('momenta', [layout.size]))];
    const decayed = this.sum(this.gathered(layout, gradients), this.scaled(parameters, rule.weightDecay));
    const newMomenta = this.sum(this.scaled(momenta, rule.momentum), decayed);
    const direction = rule.nesterov ? this.sum(decayed, this.scaled(newMomenta, rule.momentum)) : newMomenta;
    const newParameters = this.emit('Sub', [parameters, this.product(direction, learningRate)], [layout.size]);
    this.model.output('newParameters', newParameters.name, [layout.size]);
    this.model.output('newMomenta', newMomenta.name, [layout.size]);
  }

  updateStatistics(values: ReadonlyMap<string, Value>): void {
    const { statistics: layout } = this.layouts;
    if (layout.size === 0) return;
    this.model.output('newStatistics', this.gathered(layout, values).name, [layout.size]);
  }

  protected emit(
    operator: string,
    inputs: readonly (Value | string)[],
    extents: readonly number[],
    attributes: Parameters<ModelBuilder['node']>[2] = {},
    domain: Parameters<ModelBuilder['node']>[3] = '',
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return { name: this.model.node(operator, names, attributes, domain), extents };
  }

  protected sum(left: Value, right: Value): Value {
    return this.emit('Add', [left, right], left.extents);
  }

  /** The right one may be a scalar. */
  protected product(left: Value, right: Value): Value {
    return this.emit('Mul', [left, right], left.extents);
  }

  protected scaled(value: Value, factor: number): Value {
    return this.emit('Mul', [value, this.model.scalar(factor)], value.extents);
  }

  protected reshape(value: Value, extents: readonly number[]): Value {
    return this.emit('Reshape', [value, this.model.integers(...extents)], extents);
  }

  protected axes(...axes: readonly number[]): string {
    return this.model.integers(...axes);
  }

  private flat(value: Value): Value {
    if (value.extents.length === 2) return value;
    const [batch, ...others] = value.extents as [number, ...number[]];
    const features = others.reduce((product, extent) => product * extent, 1);
    return this.emit('Flatten', [value], [batch, features], { axis: 1 });
  }

  private correct(logits: Value, classIndices: Value): Value {
    const { extents } = classIndices;
    const best = this.emit('ArgMax', [logits], extents, { axis: 1, keepdims: 0, select_last_index: 0 });
    const equal = this.emit('Equal', [best, classIndices], extents);
    const right = this.emit('Cast', [equal], extents, { to: DataType.FLOAT });
    return this.emit('ReduceSum', [right], [], { keepdims: 0 });
  }

  private gathered(layout: VariableLayout, values: ReadonlyMap<string, Value>): Value {
    const pieces = layout.slots.map(({ name, size }) => {
      const value = values.get(name);
      if (!value) throw new Error(`The step gives no new value for "${name}".`);
      return this.reshape(value, [size]);
    });
    return this.emit('Concat', pieces, [layout.size], { axis: 0 });
  }

  private readVariables(input: 'parameters' | 'statistics', { slots, size }: VariableLayout): void {
    if (size === 0) return;
    this.model.input(input, [size]);
    const sizes = this.model.integers(...slots.map((slot) => slot.size));
    const pieces = this.model.nodeWithOutputs('Split', [input, sizes], slots.length, { axis: 0 });
    for (const [index, { name, shape }] of slots.entries())
      this.variables.set(name, this.reshape({ name: pieces[index]!, extents: [] }, shape));
  }
}
