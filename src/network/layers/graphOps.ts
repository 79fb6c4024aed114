import type { Shape } from './shape';
import type { SgdOptions } from './sgd';

/** How a convolution or its gradients slide over the image; zero padding is the same on all sides. */
export interface ConvGeometry {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: number;
  /** Distance between two taps of the kernel: 1 where they are neighbours. */
  readonly dilation: number;
  /** Into how many parts channels and filters are divided; each filter reads the channels of its part. */
  readonly groups: number;
}

/** Rows above and below an image, columns left and right of it. */
export interface Margins {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** How a pooling slides over the image with these margins around: its places fill it exactly. Margins after may be negative. */
export interface PoolWindow {
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly margins: Margins;
}

/** Which of so many channels are those of a narrower tensor, in its order. */
export interface ChannelPositions {
  readonly channels: number;
  readonly positions: readonly number[];
}

/** What batch normalisation with the batch's own statistics leaves behind; vectors have one value a channel. */
export interface BatchNormPass<T> {
  readonly output: T;
  readonly mean: T;
  /** Divided by the number of values less one, as PyTorch keeps it. */
  readonly unbiasedVariance: T;
  /** Gradients by the input, the scale and the shift, from that by the output. */
  gradients(output: T): { readonly input: T; readonly scale: T; readonly shift: T };
}

export interface LossPass<T> {
  /** Mean over the batch; a scalar. */
  readonly loss: T;
  /** Number of images whose largest logit is the label's (the first one wins a tie); a scalar. */
  readonly correct: T;
  /** Gradient of the mean loss by the logits. */
  gradient(): T;
}

/**
 * The operations that networks are written in. A back end implements them by adding nodes to a graph of its own;
 * `T` is its handle of a tensor in that graph. Sizes are those of PyTorch: activations [batch, channels, height, width],
 * convolution weights [filters, channels of a group, height, width], linear weights [units, features];
 * how the values lie in memory is the back end's choice.
 */
export interface GraphOps<T> {
  /** What the rule of this layer is given, where a back end keeps the tensors of layers in different ways; these if left out. */
  forLayer?(name: string): GraphOps<T>;

  /** A parameter or running statistic as it is before the step, by PyTorch's name. */
  variable(name: string): T;

  /** The bias, if there is one, is a vector by filter; its gradient is `channelSums`. */
  conv2d(input: T, weights: T, bias: T | null, geometry: ConvGeometry): T;
  conv2dInputGradient(gradient: T, weights: T, inputShape: Shape, geometry: ConvGeometry): T;
  conv2dWeightGradient(gradient: T, input: T, geometry: ConvGeometry): T;

  /** An image times a vector by channel, or times the one value of a vector of one. */
  scaledByChannel(input: T, vector: T): T;
  /** Sums over images and places, by channel: a vector. */
  channelSums(value: T): T;
  /** The sum of a vector, as a vector of one. */
  vectorSum(vector: T): T;

  /** The variance is about the batch's own mean: a filter that was just set to zero has none, however large its running mean is. */
  batchNormTrain(input: T, scale: T, shift: T, epsilon: number): BatchNormPass<T>;
  batchNormInfer(input: T, scale: T, shift: T, mean: T, variance: T, epsilon: number): T;
  /** (1 - momentum) * running + momentum * batch. */
  movingAverage(running: T, batch: T, momentum: number): T;

  relu(input: T): T;
  reluGradient(gradient: T, output: T): T;

  add(left: T, right: T): T;
  /** Value by value; the right one may have one value a channel, [batch, channels, 1, 1]. */
  multiply(left: T, right: T): T;
  scaled(value: T, factor: number): T;
  shifted(value: T, by: number): T;
  clipped(value: T, low: number, high: number): T;
  /** 1 where a value lies between the bounds and is none of them, else 0. */
  within(value: T, low: number, high: number): T;
  /** 1 / (1 + exp(-value)). */
  sigmoid(value: T): T;

  /** Outside of the image is less than every value. */
  maxPool(input: T, inputShape: Shape, window: PoolWindow): T;
  /** The first of equal values, row by row, gets the gradient (as in PyTorch). */
  maxPoolGradient(gradient: T, input: T, output: T, inputShape: Shape, window: PoolWindow): T;
  /** The mean over the whole window, in which outside of the image is zero. */
  averagePool(input: T, inputShape: Shape, window: PoolWindow): T;
  averagePoolGradient(gradient: T, inputShape: Shape, window: PoolWindow): T;
  /** An image of this shape times a factor at each place, [height, width], the same for all channels and images. */
  scaledByPlace(value: T, factors: Float32Array, shape: Shape): T;

  concatChannels(values: readonly T[], shapes: readonly Shape[]): T;
  /** Channels from `start` on. */
  channelRange(value: T, start: number, count: number): T;

  /** Zeros around the image. */
  padded(value: T, margins: Margins): T;
  /** The image without these margins. */
  cropped(value: T, margins: Margins): T;

  /** [batch, channels * height * width], channel by channel. */
  flatten(value: T, shape: Shape): T;
  unflatten(value: T, shape: Shape): T;

  /** This step's factors for a layer of dropout: 0 or 1 / (1 - rate) for each value of its input. In training alone. */
  dropoutFactors(layer: string, input: T, shape: Shape): T;

  /** Every `stride`-th row and column, then `appendedChannels` zero channels after the existing ones. */
  subsamplePad(input: T, inputShape: Shape, stride: number, appendedChannels: number): T;
  subsamplePadGradient(gradient: T, inputShape: Shape, stride: number): T;

  /** Channel `positions[i]` of the result is the input's channel i; the others hold their entries in the vector `fill`. */
  scatterChannels(input: T, fill: T, scatter: ChannelPositions): T;
  scatterChannelsGradient(gradient: T, scatter: ChannelPositions): T;

  globalAveragePool(input: T, inputShape: Shape): T;
  globalAveragePoolGradient(gradient: T, inputShape: Shape): T;

  linear(input: T, weights: T, bias: T): T;
  /** In the form of the input, which may be the output of a linear layer before. */
  linearInputGradient(gradient: T, weights: T, input: T): T;
  linearWeightGradient(gradient: T, input: T): T;
  linearBiasGradient(gradient: T): T;

  /** `labels` are class indices, one an image. */
  softmaxCrossEntropy(logits: T, labels: T): LossPass<T>;

  /**
   * Lets the step end with every parameter and its momentum moved by the rule; gradients by parameter name.
   * Rows that are held stay as they are: see `CompiledNetwork.hold` of the engines.
   */
  updateParameters(gradients: ReadonlyMap<string, T>, learningRate: T, rule: SgdOptions): void;
  /**
   * Lets the step end with its part added to the importance of each set: for every row the square of the sum of gradient times
   * value over the set's parameters, as they are before the step. Sets are the names of parameters, by the set's own name.
   */
  addImportance(gradients: ReadonlyMap<string, T>, sets: ReadonlyMap<string, readonly string[]>): void;
  /** Lets the step end with these running statistics, by name. */
  updateStatistics(values: ReadonlyMap<string, T>): void;
}
