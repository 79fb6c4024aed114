import { UserError } from '../base/errors';
import type { Tensor } from '../formats/tensor';
import type { KerasLayer } from '../formats/tfjs';
import type { Layer, LayerOf, Shape } from '../network/graph';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../network/layers/names';
import { poolWindow } from '../network/layers/pooling';
import { denseKernelOf, depthwiseKernelOf, kernelOf, spreadOut } from './kerasWeights';
import { fillElsewhere, inPlace, placement } from './placement';

/** The Keras layers that a layer is written as; the last of them has its name. */
export interface KerasPart {
  readonly layers: readonly KerasLayer[];
  readonly weights?: readonly (readonly [name: string, tensor: Tensor])[];
}

export interface KerasPlace<L extends Layer> {
  /** With the names of Keras layers as its inputs. */
  readonly layer: L;
  /** Of the first input. */
  readonly inputShape: Shape;
  /** Whether what the layer reads is [batch, channels]. */
  readonly readsFlat: boolean;
  /** Whether it is known to have no negative value. */
  readonly readsNonNegative: boolean;
  readonly values: (name: string) => Tensor;
}

type Writer<L extends Layer> = (place: KerasPlace<L>) => KerasPart;

const channelsLast = { data_format: 'channels_last' };

const writers: { readonly [Kind in Layer['kind']]: Writer<LayerOf<Kind>> } = {
  add: stock('Add'),
  averagePool,
  batchNorm,
  channelScatter,
  concat: stock('Concatenate', () => ({ axis: -1 })),
  conv,
  dropout: stock('Dropout', ({ rate }) => ({ rate })),
  flatten,
  globalAveragePool: stock('GlobalAveragePooling2D', () => channelsLast),
  globalMaxPool: stock('GlobalMaxPooling2D', () => channelsLast),
  hardSigmoid: ({ layer }) => refuse(layer, 'a hard sigmoid, and Keras’ one is another function'),
  hardSwish: ({ layer }) => refuse(layer, 'a hard swish'),
  input: stock('InputLayer', ({ shape: { height, width, channels } }) => ({
    batch_input_shape: [null, height, width, channels],
    dtype: 'float32',
    sparse: false,
  })),
  leakyRelu: stock('LeakyReLU', ({ slope }) => ({ alpha: slope })),
  linear,
  maxPool,
  multiply: stock('Multiply'),
  pad: ({ layer }) => ({ layers: [zeroPadding(layer.name, layer.inputs, layer.margins)] }),
  prelu,
  relu: stock('ReLU'),
  relu6: stock('ReLU', () => ({ max_value: 6 })),
  sigmoid: stock('Activation', () => ({ activation: 'sigmoid' })),
  silu: stock('Activation', () => ({ activation: 'swish' })),
  subsamplePad,
};

/** The Keras layers of a layer. Throws a UserError when TensorFlow.js has none for it. */
export function kerasPart(place: KerasPlace<Layer>): KerasPart {
  // That a writer is given layers of its own kind, the table says.
  return (writers[place.layer.kind] as Writer<Layer>)(place);
}

/** A kind of layer that Keras has as it is. */
function stock<L extends Layer>(className: string, config: (layer: L) => KerasLayer['config'] = () => ({})): Writer<L> {
  return ({ layer }) => ({ layers: [keras(layer, className, config(layer))] });
}

function keras({ name, inputs }: Layer, className: string, config: KerasLayer['config']): KerasLayer {
  return { name, className, config, inputs };
}

function refuse({ name }: Layer, what: string): never {
  throw new UserError(
    `Layer "${name}" is ${what}: TensorFlow.js has no layer for it. Export the network as ONNX instead, which has all layers.`,
  );
}

function zeroPadding(
  name: string,
  inputs: readonly string[],
  { top, left, bottom, right }: LayerOf<'pad'>['margins'],
): KerasLayer {
  const padding = [
    [top, bottom],
    [left, right],
  ];
  return { name, className: 'ZeroPadding2D', config: { padding, ...channelsLast }, inputs };
}

/** Puts zeros around what a layer reads, in a layer of its own, because Keras' "same" pads other sides than PyTorch at a stride. */
function padded<L extends Layer>(layer: L, margins: LayerOf<'pad'>['margins']): { layer: L; padding: KerasLayer[] } {
  if (Object.values(margins).every((margin) => margin === 0)) return { layer, padding: [] };
  const padding = zeroPadding(`${layer.name}.padding`, layer.inputs, margins);
  return { layer: { ...layer, inputs: [padding.name] }, padding: [padding] };
}

function onAllSides(padding: number): LayerOf<'pad'>['margins'] {
  return { top: padding, left: padding, bottom: padding, right: padding };
}

function conv({ layer, inputShape, values }: KerasPlace<LayerOf<'conv'>>): KerasPart {
  const { name, filters, stride, groups, bias } = layer;
  const isDepthwise = groups > 1 && groups === inputShape.channels;
  if (groups > 1 && !isDepthwise) refuse(layer, `a convolution in ${groups} groups`);
  // TensorFlow.js takes no dilation with a stride, and its depthwise layer leaves dilation out without a word.
  const isSpread = layer.dilation > 1 && (isDepthwise || stride > 1);
  const weights = isSpread ? spreadOut(values(weightName(name)), layer.dilation) : values(weightName(name));
  const dilation = isSpread ? 1 : layer.dilation;
  const { layer: reads, padding } = padded(layer, onAllSides(layer.padding));
  const config = convConfig({ kernel: weights.shape.slice(2), stride, dilation, bias });
  const convolution = isDepthwise
    ? keras(reads, 'DepthwiseConv2D', { depth_multiplier: filters / groups, ...config })
    : keras(reads, 'Conv2D', { filters, ...config });
  const kernel = isDepthwise
    ? ([`${name}/depthwise_kernel`, depthwiseKernelOf(weights, groups)] as const)
    : ([`${name}/kernel`, kernelOf(weights)] as const);
  return {
    layers: [...padding, convolution],
    weights: [kernel, ...(bias ? [[`${name}/bias`, values(biasName(name))] as const] : [])],
  };
}

function convConfig(of: { kernel: readonly number[]; stride: number; dilation: number; bias: boolean }) {
  return {
    kernel_size: of.kernel,
    strides: [of.stride, of.stride],
    padding: 'valid',
    dilation_rate: [of.dilation, of.dilation],
    activation: 'linear',
    use_bias: of.bias,
    ...channelsLast,
  };
}

function batchNorm({ layer, values }: KerasPlace<LayerOf<'batchNorm'>>): KerasPart {
  const { name, epsilon, momentum } = layer;
  // In Keras, momentum is the share of the running value that is kept.
  const config = { axis: -1, epsilon, momentum: 1 - momentum, center: true, scale: true };
  return {
    layers: [keras(layer, 'BatchNormalization', config)],
    weights: [
      [`${name}/gamma`, values(weightName(name))],
      [`${name}/beta`, values(biasName(name))],
      [`${name}/moving_mean`, values(runningMeanName(name))],
      [`${name}/moving_variance`, values(runningVarianceName(name))],
    ],
  };
}

type PoolLayer = LayerOf<'maxPool' | 'averagePool'>;

/** Zeros around the image are no smaller than what is in it only where nothing there is negative. */
function maxPool({ layer, inputShape, readsNonNegative }: KerasPlace<LayerOf<'maxPool'>>): KerasPart {
  const margins = marginsOf(layer, inputShape);
  const isPadded = Object.values(margins).some((margin) => margin > 0);
  if (!isPadded || readsNonNegative) return pooling(layer, 'MaxPooling2D', margins);
  if (isCentred(layer)) return { layers: [keras(layer, 'MaxPooling2D', poolConfig(layer, 'same'))] };
  return refuse(layer, 'a max pooling with padding of values that may be negative');
}

/** Keras' "same" leaves the padding out of the mean; zeros that are put around are in it. */
function averagePool({ layer, inputShape }: KerasPlace<LayerOf<'averagePool'>>): KerasPart {
  const margins = marginsOf(layer, inputShape);
  const beyond = Math.max(margins.bottom, margins.right) > layer.padding;
  if (layer.countsPadding && !beyond) return pooling(layer, 'AveragePooling2D', margins);
  if (Object.values(margins).every((margin) => margin === 0)) return pooling(layer, 'AveragePooling2D', margins);
  if (isCentred(layer)) return { layers: [keras(layer, 'AveragePooling2D', poolConfig(layer, 'same'))] };
  return refuse(layer, 'an average pooling whose mean leaves out padding');
}

/** What a pooling needs around the image; where it leaves rows or columns out, so does Keras. */
function marginsOf(layer: PoolLayer, input: Shape): LayerOf<'pad'>['margins'] {
  const { bottom, right } = poolWindow(layer, input).margins;
  return { ...onAllSides(layer.padding), bottom: Math.max(bottom, 0), right: Math.max(right, 0) };
}

/** Whether the padding is that of Keras' "same": a window around each pixel. */
function isCentred({ kernel, stride, padding }: PoolLayer): boolean {
  return stride === 1 && kernel.every((taps) => taps === 2 * padding + 1);
}

function pooling(layer: PoolLayer, className: string, margins: LayerOf<'pad'>['margins']): KerasPart {
  const { layer: reads, padding } = padded(layer, margins);
  return { layers: [...padding, keras(reads, className, poolConfig(layer, 'valid'))] };
}

function poolConfig({ kernel, stride }: PoolLayer, padding: 'valid' | 'same') {
  return { pool_size: kernel, strides: [stride, stride], padding, ...channelsLast };
}

/** Keras flattens channels last, we channel by channel. */
function flatten({ layer, inputShape, readsFlat }: KerasPlace<LayerOf<'flatten'>>): KerasPart {
  const { height, width } = inputShape;
  if (readsFlat) return { layers: [keras(layer, 'Activation', { activation: 'linear' })] };
  if (height * width === 1) return { layers: [keras(layer, 'Flatten', channelsLast)] };
  const turned = keras({ ...layer, name: `${layer.name}.channelsFirst` }, 'Permute', { dims: [3, 1, 2] });
  return { layers: [turned, keras({ ...layer, inputs: [turned.name] }, 'Flatten', channelsLast)] };
}

function prelu({ layer, inputShape, readsFlat, values }: KerasPlace<LayerOf<'prelu'>>): KerasPart {
  const { data } = values(weightName(layer.name));
  const { channels } = inputShape;
  const slopes = Float32Array.from({ length: channels }, (_, channel) => data[layer.byChannel ? channel : 0]!);
  const shape = readsFlat ? [channels] : [1, 1, channels];
  return {
    layers: [keras(layer, 'PReLU', { shared_axes: readsFlat ? null : [1, 2] })],
    weights: [[`${layer.name}/alpha`, { shape, data: slopes }]],
  };
}

/** Keras has no layer that appends channels; a convolution of 1x1 takes every `stride`-th pixel and appends them. */
function subsamplePad({ layer, inputShape: { channels } }: KerasPlace<LayerOf<'subsamplePad'>>): KerasPart {
  const { stride, appendedChannels } = layer;
  if (appendedChannels > 0) return pointwise(layer, placement(channels + appendedChannels, inPlace(channels)), stride);
  const config = { pool_size: [1, 1], strides: [stride, stride], padding: 'valid', ...channelsLast };
  return { layers: [keras(layer, 'MaxPooling2D', config)] };
}

function channelScatter({ layer, values }: KerasPlace<LayerOf<'channelScatter'>>): KerasPart {
  const { name, channels, positions } = layer;
  const bias = fillElsewhere(values(fillName(name)), positions);
  return pointwise(layer, placement(channels, positions), 1, bias);
}

/** A convolution of 1x1 with constant weights [outputs, inputs]. */
function pointwise(layer: Layer, matrix: Tensor, stride: number, bias?: Tensor): KerasPart {
  const [filters, inputs] = matrix.shape as readonly [number, number];
  const kernel = kernelOf({ shape: [filters, inputs, 1, 1], data: matrix.data });
  const config = convConfig({ kernel: [1, 1], stride, dilation: 1, bias: bias !== undefined });
  return {
    layers: [keras(layer, 'Conv2D', { filters, ...config })],
    weights: [[`${layer.name}/kernel`, kernel], ...(bias ? [[`${layer.name}/bias`, bias] as const] : [])],
  };
}

function linear({ layer, inputShape, readsFlat, values }: KerasPlace<LayerOf<'linear'>>): KerasPart {
  const { name, units } = layer;
  const flattened = keras({ ...layer, name: `${name}.flattened` }, 'Flatten', channelsLast);
  const reads = readsFlat ? layer : { ...layer, inputs: [flattened.name] };
  const dense = keras(reads, 'Dense', { units, activation: 'linear', use_bias: true });
  return {
    layers: readsFlat ? [dense] : [flattened, dense],
    weights: [
      [`${name}/kernel`, denseKernelOf(values(weightName(name)), inputShape)],
      [`${name}/bias`, values(biasName(name))],
    ],
  };
}
