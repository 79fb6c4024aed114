import type * as z from 'zod';
import type { TensorMap } from '../../formats/tensor';
import type { Channels, Constants } from './channelFlow';
import type { GraphOps } from './graphOps';
import type { Shape } from './shape';

export interface LayerBase {
  /** Unique, human-readable and stable, as in `stage2.block1.conv2`. Names of parameters start with it. */
  readonly name: string;
  /** Names of the layers whose outputs this layer reads, in order. */
  readonly inputs: readonly string[];
}

export type ParameterRole =
  'convWeight' | 'convBias' | 'batchNormScale' | 'batchNormShift' | 'preluSlope' | 'linearWeight' | 'linearBias';
export type StatisticRole = 'runningMean' | 'runningVariance' | 'scatterFill';

/**
 * What the entries of a tensor's axis stand for: the layer's output channels, its input channels, its input channels with
 * all their places (`features`, channel by channel), or something that pruning leaves alone.
 */
export type Axis = 'output' | 'input' | 'features' | 'other';

interface Spec<Role> {
  /** As PyTorch calls it: `stem.conv.weight`, `stem.bn.running_mean`. */
  readonly name: string;
  readonly layer: string;
  readonly role: Role;
  /** In PyTorch's layout. */
  readonly shape: readonly number[];
  /** One for each entry of `shape`. */
  readonly axes: readonly Axis[];
}

/** A tensor that the optimiser changes. */
export type ParameterSpec = Spec<ParameterRole>;

/** A tensor that the optimiser leaves alone, as PyTorch's buffers: a running statistic of batch norm, constants of a scatter. */
export type StatisticSpec = Spec<StatisticRole>;

/** A channel of one of a layer's inputs, which is told by its place among them. */
export interface InputChannel {
  readonly input: number;
  readonly channel: number;
}

/** What a layer's forward and backward rule is given: the layer, the graph operations, and its inputs with their shapes. */
export interface LayerContext<T, L extends LayerBase> {
  readonly layer: L;
  readonly ops: GraphOps<T>;
  readonly inputs: readonly T[];
  readonly inputShapes: readonly Shape[];
}

/** A layer's part of a training step. */
export interface LayerPass<T> {
  readonly output: T;
  /** New running statistics by name, where the layer keeps some. */
  readonly statistics?: ReadonlyMap<string, T>;
  /** Gradients of the loss by all that the layer reads, from that by its output. */
  backward(outputGradient: T): LayerGradients<T>;
}

export interface LayerGradients<T> {
  /** One for each input, in order; computed only when asked for, because the images need none. */
  readonly inputs: readonly (() => T)[];
  /** By parameter name. */
  readonly parameters?: ReadonlyMap<string, T>;
}

/** The channels that stay of what a layer gives and reads: for each of the fewer ones its index in the layer as it is. */
export interface KeptChannels {
  readonly output: readonly number[];
  /** One list for each input, in order. */
  readonly inputs: readonly (readonly number[])[];
}

/** What a layer has beyond its kind, name and inputs, as it is validated where a network is read from a file. */
type LayerFields<L extends LayerBase> = {
  readonly [Field in Exclude<keyof L, keyof LayerBase | 'kind'>]-?: z.ZodType<L[Field]>;
};

/** All that there is to know about a kind of layer. */
export interface LayerKind<L extends LayerBase> {
  readonly fields: LayerFields<L>;
  /** Shape of the output. Throws an Error when the inputs do not fit. */
  shape(layer: L, inputs: readonly Shape[]): Shape;
  parameters?(layer: L, inputs: readonly Shape[]): readonly ParameterSpec[];
  statistics?(layer: L, inputs: readonly Shape[]): readonly StatisticSpec[];
  /** The layer in a network that has only some of the channels; the layer itself if left out. */
  narrowed?(layer: L, kept: KeptChannels): L;
  /** Multiply-adds for one image, of shapes that may be narrower than the layer's; 0 where papers count none. */
  multiplyAdds?(layer: L, input: Shape, output: Shape): number;
  /** The output's channels, from those of the inputs. */
  channelFlow(layer: L, inputs: readonly Channels[], output: Shape): Channels;
  /**
   * For each output channel the input channels that it is made of, where that is more than `channelFlow` tells: what is computed
   * with a channel, though it does not bring it about.
   */
  links?(layer: L, inputs: readonly Shape[]): readonly (readonly InputChannel[])[];
  /** Whether a network in which an input channel is left out cannot have the layer; false if left out. */
  readsAllChannels?(layer: L, inputs: readonly Shape[]): boolean;
  /** Which output channels are constants, and which ones, when those of the inputs are; `tensors` has the state's values. */
  constants(layer: L, inputs: readonly Constants[], output: Shape, tensors: TensorMap): Constants;
  /** The forward pass in training, with what the backward pass needs. */
  train<T>(context: LayerContext<T, L>): LayerPass<T>;
  /** The output in evaluation; that of `train` if left out. */
  infer?<T>(context: LayerContext<T, L>): T;
}

/** The one input of a layer that has only one. */
export function soleInput<T>({ layer, inputs, inputShapes }: LayerContext<T, LayerBase>): { input: T; shape: Shape } {
  return { input: only(layer, inputs), shape: only(layer, inputShapes) };
}

/** The one entry of a list with an entry for each input of a layer that has only one. Throws an Error when it has more. */
export function only<Entry>({ name }: LayerBase, entries: readonly Entry[]): Entry {
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0)
    throw new Error(`Layer "${name}" must have one input, but has ${entries.length}.`);
  return entry;
}
