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
import { sizeOf } from '../../network/parameters';
import type { ParameterSets } from '../engine';
import type { Emitter } from './emitter';
import { TensorProto_DataType as DataType } from '../../formats/onnx/onnx_pb';
import type { Value } from './value';
import type { Layouts, Slot, VariableLayout } from '../variableLayout';

/**
 * The operations that do not depend on how activations lie in memory: variables and their updates, the classifier, the loss.
 * The model's inputs and outputs (see `FlatState`) are flat vectors.
 */
export abstract class CommonOps implements GraphOps<Value> {
  constructor(
    protected readonly to: Emitter,
    /** -1 where it is known only when the model runs. */
    protected readonly batchSize: number,
    protected readonly layouts: Layouts,
    /** Declared as inputs of the model where others have not done so. */
    protected readonly variables: ReadonlyMap<string, Value> = declaredVariables(to, layouts),
  ) {}

  abstract conv2d(input: Value, weights: Value, bias: Value | null, geometry: ConvGeometry): Value;
  abstract conv2dInputGradient(gradient: Value, weights: Value, inputShape: Shape, geometry: ConvGeometry): Value;
  abstract conv2dWeightGradient(gradient: Value, input: Value, geometry: ConvGeometry): Value;
  abstract batchNormTrain(input: Value, scale: Value, shift: Value, epsilon: number): BatchNormPass<Value>;
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
  abstract subsamplePad(input: Value, inputShape: Shape, stride: number, appendedChannels: number): Value;
  abstract subsamplePadGradient(gradient: Value, inputShape: Shape, stride: number): Value;
  abstract scatterChannels(input: Value, fill: Value, scatter: ChannelPositions): Value;
  abstract scatterChannelsGradient(gradient: Value, scatter: ChannelPositions): Value;
  abstract globalAveragePool(input: Value, inputShape: Shape): Value;
  abstract globalAveragePoolGradient(gradient: Value, inputShape: Shape): Value;
  abstract scaledByChannel(input: Value, vector: Value): Value;
  abstract channelSums(value: Value): Value;
  abstract maxPool(input: Value, inputShape: Shape, window: PoolWindow): Value;
  abstract maxPoolGradient(gradient: Value, input: Value, output: Value, inputShape: Shape, window: PoolWindow): Value;
  abstract averagePool(input: Value, inputShape: Shape, window: PoolWindow): Value;
  abstract averagePoolGradient(gradient: Value, inputShape: Shape, window: PoolWindow): Value;
  abstract scaledByPlace(value: Value, factors: Float32Array, shape: Shape): Value;
  abstract concatChannels(values: readonly Value[], shapes: readonly Shape[]): Value;
  abstract channelRange(value: Value, start: number, count: number): Value;
  abstract padded(value: Value, margins: Margins): Value;
  abstract cropped(value: Value, margins: Margins): Value;
  abstract flatten(value: Value, shape: Shape): Value;
  abstract unflatten(value: Value, shape: Shape): Value;

  /** Declares the images as an input of the model: float32 [batch, channels, height, width]. */
  images(name: string, { channels, height, width }: Shape): Value {
    const batch = this.batchSize === -1 ? 'batch' : this.batchSize;
    this.to.model.input(name, [batch, channels, height, width]);
    return { name, extents: [this.batchSize, channels, height, width] };
  }

  variable(name: string): Value {
    const value = this.variables.get(name);
    if (!value) throw new Error(`The network has no variable "${name}".`);
    return value;
  }

  movingAverage(running: Value, batch: Value, momentum: number): Value {
    return this.to.sum(this.to.scaled(running, 1 - momentum), this.to.scaled(batch, momentum));
  }

  multiply(left: Value, right: Value): Value {
    return this.to.product(left, right);
  }

  scaled(value: Value, factor: number): Value {
    return this.to.scaled(value, factor);
  }

  shifted(value: Value, by: number): Value {
    return this.to.emit('Add', [value, this.to.model.scalar(by)], value.extents);
  }

  clipped(value: Value, low: number, high: number): Value {
    return this.to.emit('Clip', [value, ...[low, high].map((bound) => this.to.model.scalar(bound))], value.extents);
  }

  /** Truths take a quarter of the memory of floats, so that both are joined before they become some. */
  within(value: Value, low: number, high: number): Value {
    const compared = (operator: 'Greater' | 'Less', bound: number): Value =>
      this.to.emit(operator, [value, this.to.model.scalar(bound)], value.extents);
    return this.asFloats(this.to.emit('And', [compared('Greater', low), compared('Less', high)], value.extents));
  }

  protected asFloats(truths: Value): Value {
    return this.to.emit('Cast', [truths], truths.extents, { to: DataType.FLOAT });
  }

  sigmoid(value: Value): Value {
    return this.to.emit('Sigmoid', [value], value.extents);
  }

  vectorSum(vector: Value): Value {
    return this.to.reshape(this.to.total(vector, 0), [1]);
  }

  /** An input of the model, [batch, channels, height, width]. */
  dropoutFactors(layer: string, _input: Value, { channels, height, width }: Shape): Value {
    const extents = [this.batchSize, channels, height, width];
    return { name: this.to.model.input(dropoutInput(layer), extents), extents };
  }

  /** [batch, units, 1, 1]: an image of one place, as all activations have four axes. */
  linear(input: Value, weights: Value, bias: Value): Value {
    const [units] = weights.extents as [number];
    const flat = this.to.emit('Gemm', [this.flat(input), weights, bias], [this.batchSize, units], { transB: 1 });
    return this.to.reshape(flat, [this.batchSize, units, 1, 1]);
  }

  linearInputGradient(gradient: Value, weights: Value, { extents }: Value): Value {
    const [, features] = weights.extents as [number, number];
    const flat = this.to.emit('MatMul', [this.flat(gradient), weights], [this.batchSize, features]);
    return this.to.reshape(flat, extents);
  }

  linearWeightGradient(gradient: Value, input: Value): Value {
    const [features, units] = [this.flat(input), gradient.extents[1]!];
    return this.to.emit('Gemm', [this.flat(gradient), features], [units, features.extents[1]!], { transA: 1 });
  }

  linearBiasGradient(gradient: Value): Value {
    return this.to.total(this.flat(gradient), 0);
  }

  softmaxCrossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const pass = this.crossEntropy(this.flat(logits), labels);
    return { ...pass, gradient: () => this.to.reshape(pass.gradient(), logits.extents) };
  }

  /** Of logits [batch, classes]. */
  protected crossEntropy(logits: Value, labels: Value): LossPass<Value> {
    const [batch, classes] = logits.extents as [number, number];
    const depth = this.to.model.integers(classes);
    const offAndOn = this.to.model.floats([0, 1]);
    const classIndices = this.to.emit('Cast', [labels], labels.extents, { to: DataType.INT64 });
    const target = this.to.emit('OneHot', [classIndices, depth, offAndOn], logits.extents, { axis: -1 });
    const logProbabilities = this.to.emit('LogSoftmax', [logits], logits.extents, { axis: 1 });
    const perClass = this.to.product(logProbabilities, target);
    const summed = this.to.total(perClass, 0, 1);
    return {
      loss: this.to.scaled(summed, -1 / batch),
      correct: this.correct(logits, classIndices),
      gradient: () => {
        const probabilities = this.to.emit('Exp', [logProbabilities], logits.extents);
        return this.to.scaled(this.to.difference(probabilities, target), 1 / batch);
      },
    };
  }

  updateParameters(gradients: ReadonlyMap<string, Value>, learningRate: Value, rule: SgdOptions): void {
    const { parameters: layout } = this.layouts;
    const vector = (name: string): Value => ({ name, extents: [layout.size] });
    const [parameters, momenta] = [vector('parameters'), vector(this.to.model.input('momenta', [layout.size]))];
    // As many values as there are parameters, or a single one for all.
    const trained = { name: this.to.model.input('trained', ['trainedValues']), extents: [layout.size] };
    const gradient = this.to.sum(this.gathered(layout, gradients), this.to.scaled(parameters, rule.weightDecay));
    // A row that is held has value and momentum zero, so that without a gradient it stays there.
    const decayed = this.to.product(gradient, trained);
    const newMomenta = this.to.sum(this.to.scaled(momenta, rule.momentum), decayed);
    const direction = rule.nesterov ? this.to.sum(decayed, this.to.scaled(newMomenta, rule.momentum)) : newMomenta;
    const newParameters = this.to.difference(parameters, this.to.product(direction, learningRate));
    this.to.model.output('newParameters', newParameters.name, [layout.size]);
    this.to.model.output('newMomenta', newMomenta.name, [layout.size]);
    this.to.model.output('sameTrained', trained.name, ['trainedValues']);
  }

  addImportance(gradients: ReadonlyMap<string, Value>, sets: ParameterSets): void {
    const { importance: layout } = this.layouts;
    if (layout.size === 0) return;
    const sums = layout.slots.map(({ name }) =>
      sets
        .get(name)!
        .map((parameter) => this.rowProducts(found(gradients, parameter), parameter))
        .reduce((sum, other) => this.to.sum(sum, other)),
    );
    const flat = this.to.concatenate(sums, 0);
    const before = { name: this.to.model.input('importance', [layout.size]), extents: [layout.size] };
    const after = this.to.sum(before, this.to.product(flat, flat));
    this.to.model.output('newImportance', after.name, [layout.size]);
  }

  updateStatistics(values: ReadonlyMap<string, Value>): void {
    const { statistics: layout } = this.layouts;
    if (layout.size === 0) return;
    this.to.model.output('newStatistics', this.gathered(layout, values).name, [layout.size]);
  }

  /** [batch, features] of a value whose images lie one after another. */
  flat(value: Value): Value {
    if (value.extents.length === 2) return value;
    const [batch, ...others] = value.extents as [number, ...number[]];
    const features = others.reduce((product, extent) => product * extent, 1);
    return this.to.emit('Flatten', [value], [batch, features], { axis: 1 });
  }

  private correct(logits: Value, classIndices: Value): Value {
    const { extents } = classIndices;
    const best = this.to.emit('ArgMax', [logits], extents, { axis: 1, keepdims: 0, select_last_index: 0 });
    const equal = this.to.emit('Equal', [best, classIndices], extents);
    return this.to.total(this.asFloats(equal), 0);
  }

  private gathered(layout: VariableLayout, values: ReadonlyMap<string, Value>): Value {
    const pieces = layout.slots.map(({ name, size }) => this.to.reshape(found(values, name), [size]));
    return this.to.concatenate(pieces, 0);
  }

  /** For each row of a parameter the sum of its values times those of its gradient. */
  private rowProducts(gradient: Value, name: string): Value {
    const slot = this.layouts.parameters.slots.find((each) => each.name === name)!;
    const apart = this.rowsApart(slot);
    const products = this.to.product(this.to.reshape(gradient, apart), this.to.reshape(this.variable(name), apart));
    const sums = this.to.reshape(this.to.total(products, 1), [slot.extents[0]!]);
    // Without the rows that fill a parameter up.
    return slot.rowPlaces ? this.to.taken(sums, 0, slot.rowPlaces) : sums;
  }

  /** The extents of a parameter as it lies in memory with its rows along the first and the third axis. */
  protected rowsApart({ extents }: Slot): [number, number, number] {
    return [extents[0]!, sizeOf(extents) / extents[0]!, 1];
  }
}

/** Parameters and running statistics as the model's inputs have them before the step, by name. */
function declaredVariables(to: Emitter, layouts: Layouts): ReadonlyMap<string, Value> {
  return new Map([
    ...declared(to, 'parameters', layouts.parameters),
    ...declared(to, 'statistics', layouts.statistics),
  ]);
}

function declared(to: Emitter, input: string, { slots, size }: VariableLayout): [string, Value][] {
  if (size === 0) return [];
  to.model.input(input, [size]);
  const parts = to.parts(
    { name: input, extents: [size] },
    slots.map((slot) => slot.size),
  );
  return slots.map(({ name, extents }, index) => [name, to.reshape(parts[index]!, extents)]);
}

/** Name of the model's input with a step's factors for a layer of dropout. */
export function dropoutInput(layer: string): string {
  return `dropout of ${layer}`;
}

function found(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (!value) throw new Error(`The step gives no new value for "${name}".`);
  return value;
}
