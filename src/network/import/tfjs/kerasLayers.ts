import type { Tensor } from '../../../formats/tensor';
import type { Layer, Shape } from '../../graph';
import {
  add,
  averagePool,
  concat,
  conv,
  dropout,
  flatten,
  globalAveragePool,
  globalMaxPool,
  leakyRelu,
  linear,
  maxPool,
  multiply,
  pad,
  prelu,
  relu,
  relu6,
  sigmoid,
  silu,
  subsamplePad,
  type BatchNormLayer,
  type ConvLayer,
} from '../../layers';
import type { PoolSettings } from '../../layers/pooling';
import { Unsupported } from '../parts/importedNetwork';
import {
  bothAlike,
  noMargins,
  paddingInWords,
  poolSettingsFor,
  samePadding,
  sameReach,
  sharedOut,
  unpadded,
  type Sliding,
} from '../parts/sliding';
import { convolutionWeights, depthwiseWeights, linearWeights } from './kerasWeights';
import type { KerasReader, KerasValue } from './kerasReader';

/** Makes of a layer of Keras what stands for it here, and says what it gives. */
type Maker = (reader: KerasReader) => KerasValue;

/** Every class of Keras that can be had. */
export const kerasLayers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ['Conv2D', (reader) => activated(reader, convolution(reader))],
  ['DepthwiseConv2D', (reader) => activated(reader, depthwise(reader))],
  ['SeparableConv2D', (reader) => activated(reader, separable(reader))],
  ['BatchNormalization', batchNormalization],
  ['Activation', (reader) => activation(reader, reader.input(), '')],
  ['ReLU', rectifier],
  ['LeakyReLU', leaky],
  ['PReLU', parametric],
  ['Softmax', ending],
  ['MaxPooling2D', maximum],
  ['AveragePooling2D', average],
  ['GlobalAveragePooling2D', (reader) => globally(reader, globalAveragePool)],
  ['GlobalMaxPooling2D', (reader) => globally(reader, globalMaxPool)],
  ['Flatten', flattened],
  ['Permute', permuted],
  ['Reshape', reshaped],
  ['Dense', (reader) => activated(reader, dense(reader))],
  ['Dropout', dropped],
  ['Add', (reader) => joined(reader, (name, names) => add(name, ...names))],
  ['Concatenate', concatenated],
  ['Multiply', product],
  ['ZeroPadding2D', padded],
]);

function slidingOf(
  reader: KerasReader,
  kernel: readonly [number, number],
  stride: readonly number[],
  shape: Shape,
): Sliding {
  const window = {
    kernel,
    stride: bothAlike(stride, 'strides'),
    dilation: bothAlike(reader.pair('dilation_rate', [1, 1]), 'dilation_rate'),
  };
  const padding = reader.text('padding', 'valid');
  if (padding === 'valid') return { ...window, margins: noMargins };
  if (padding !== 'same') throw new Unsupported(`Its padding is "${padding}"; only "valid" and "same" can be had.`);
  return { ...window, margins: sharedOut(sameReach(shape, window)) };
}

/** What a convolution reads: where its padding differs by side, a layer that pads before it. */
function convolved(reader: KerasReader, image: KerasValue, sliding: Sliding): { from: string; padding: number } {
  const padding = samePadding(sliding.margins);
  if (padding !== null) return { from: image.layer, padding };
  const { layer } = reader.put(image, (name) => pad(name, image.layer, sliding.margins), {}, 'padding');
  return { from: layer, padding: 0 };
}

function convolution(reader: KerasReader): KerasValue {
  reader.requireChannelsLast();
  const image = reader.image();
  const sliding = slidingOf(
    reader,
    reader.pair('kernel_size', [1, 1]),
    reader.pair('strides', [1, 1]),
    reader.shape(image),
  );
  const weight = convolutionWeights(reader.weight('kernel'));
  return putConvolution(reader, image, { sliding, weight, groups: reader.whole('groups', 1) });
}

interface Convolution {
  readonly sliding: Sliding;
  readonly weight: Tensor;
  readonly groups: number;
  /** Empty where the layer has the name of Keras' layer. */
  readonly behind?: string;
  readonly bias?: Tensor | null;
}

function putConvolution(
  reader: KerasReader,
  image: KerasValue,
  { sliding, weight, groups, behind = '', bias = biasOf(reader) }: Convolution,
): KerasValue {
  const { from, padding } = convolved(reader, image, sliding);
  const { stride, dilation, kernel } = sliding;
  const [filters] = weight.shape as [number];
  const layerOf = (name: string): ConvLayer => ({
    ...conv(name, from, filters, { stride, dilation, padding, groups, bias: bias !== null }),
    kernel,
  });
  return reader.put(image, layerOf, { weight, ...(bias && { bias }) }, behind);
}

function biasOf(reader: KerasReader): Tensor | null {
  return reader.flag('use_bias', true) ? reader.weight('bias') : null;
}

function depthwise(reader: KerasReader): KerasValue {
  reader.requireChannelsLast();
  const image = reader.image();
  const shape = reader.shape(image);
  const sliding = slidingOf(reader, reader.pair('kernel_size', [1, 1]), reader.pair('strides', [1, 1]), shape);
  const kernel = reader.state.weight(reader.layer.name, 'depthwise_kernel') ?? reader.weight('kernel');
  return putConvolution(reader, image, { sliding, weight: depthwiseWeights(kernel), groups: shape.channels });
}

/** A depthwise convolution, then one of 1x1; the first one has a name of its own. */
function separable(reader: KerasReader): KerasValue {
  reader.requireChannelsLast();
  const image = reader.image();
  const shape = reader.shape(image);
  const sliding = slidingOf(reader, reader.pair('kernel_size', [1, 1]), reader.pair('strides', [1, 1]), shape);
  const first = putConvolution(reader, image, {
    sliding,
    weight: depthwiseWeights(reader.weight('depthwise_kernel')),
    groups: shape.channels,
    behind: 'depthwise',
    bias: null,
  });
  const pointwise = { kernel: [1, 1], stride: 1, dilation: 1, margins: noMargins } as const;
  const weight = convolutionWeights(reader.weight('pointwise_kernel'));
  return putConvolution(reader, first, { sliding: pointwise, weight, groups: 1 });
}

function batchNormalization(reader: KerasReader): KerasValue {
  const value = reader.input();
  const { channels } = reader.shape(value);
  const axis = reader.setting('axis', -1);
  const last = Array.isArray(axis) ? (axis as unknown[])[0] : axis;
  if (value.isTurned || (last !== -1 && last !== (value.isFlat ? 1 : 3)))
    throw new Unsupported('It does not normalise by channel.');
  const filled = (fill: number): Tensor => ({ shape: [channels], data: new Float32Array(channels).fill(fill) });
  // In Keras, momentum is the share of the running value that is kept.
  const momentum = Number((1 - reader.number('momentum', 0.99)).toPrecision(12));
  const epsilon = reader.number('epsilon', 1e-3);
  if (!(epsilon > 0) || !(momentum >= 0 && momentum <= 1))
    throw new Unsupported(`Its epsilon is ${epsilon} and its momentum ${1 - momentum}, which cannot be.`);
  const layerOf = (name: string): BatchNormLayer => ({
    kind: 'batchNorm',
    name,
    inputs: [value.layer],
    epsilon,
    momentum,
  });
  return reader.put(value, layerOf, {
    weight: reader.flag('scale', true) ? reader.weight('gamma') : filled(1),
    bias: reader.flag('center', true) ? reader.weight('beta') : filled(0),
    mean: reader.weight('moving_mean'),
    variance: reader.weight('moving_variance'),
  });
}

/** The function that a layer of Keras ends with. */
function activated(reader: KerasReader, value: KerasValue): KerasValue {
  return reader.text('activation', 'linear') === 'linear' ? value : activation(reader, value, 'activation');
}

function activation(reader: KerasReader, value: KerasValue, behind: string): KerasValue {
  const function_ = reader.text('activation', 'linear').toLowerCase();
  const makers: Readonly<Record<string, (name: string, from: string) => Layer>> = {
    relu,
    relu6,
    silu,
    swish: silu,
    sigmoid,
  };
  if (function_ === 'linear') return value;
  if (function_ === 'softmax') return ending(reader, value);
  const maker = Object.hasOwn(makers, function_) ? makers[function_] : undefined;
  if (!maker) throw new Unsupported(`Its activation is "${function_}", for which there is no layer here.`);
  if (maker === sigmoid && reader.isLast)
    throw new Unsupported(
      'The network ends with a sigmoid, as one does that judges each class for itself; here networks choose one class of several.',
    );
  return reader.put(value, (name) => maker(name, value.layer), {}, behind);
}

/** Training computes it with the loss. */
function ending(reader: KerasReader, value = reader.input()): KerasValue {
  if (!reader.isLast)
    throw new Unsupported('A softmax stands within the network, as in attention; only at its end can it be left out.');
  reader.state.notes.add('The softmax at the end is left out: training computes it with the loss, from the logits.');
  return value;
}

function rectifier(reader: KerasReader): KerasValue {
  const value = reader.input();
  const [bound, slope, threshold] = [
    reader.setting('max_value', null),
    reader.number('negative_slope', 0),
    reader.number('threshold', 0),
  ];
  if (threshold !== 0 || (bound !== null && (bound !== 6 || slope !== 0)))
    throw new Unsupported('It is neither a ReLU, nor a ReLU6, nor a leaky one.');
  return reader.put(value, (name) => {
    if (bound === 6) return relu6(name, value.layer);
    return slope === 0 ? relu(name, value.layer) : leakyRelu(name, value.layer, slope);
  });
}

function leaky(reader: KerasReader): KerasValue {
  const value = reader.input();
  const slope = reader.number('negative_slope', reader.number('alpha', 0.3));
  return reader.put(value, (name) => leakyRelu(name, value.layer, slope));
}

function parametric(reader: KerasReader): KerasValue {
  const value = reader.input();
  const { data } = reader.weight('alpha');
  const { channels } = reader.shape(value);
  if (data.length !== channels)
    throw new Unsupported('It has a slope for every place; share them over height and width: shared_axes=[1, 2].');
  const weight = { shape: [channels], data };
  return reader.put(value, (name) => prelu(name, value.layer, true), { weight });
}

function maximum(reader: KerasReader): KerasValue {
  const { image, sliding, shape } = pooled(reader);
  const [height, width] = sliding.kernel;
  if (height === 1 && width === 1)
    return reader.put(image, (name) => subsamplePad(name, image.layer, sliding.stride, 0));
  const settings = poolSettingsFor(sliding, shape, false);
  if (settings) return reader.put(image, (name) => ({ ...maxPool(name, image.layer), ...settings }));
  const before = reader.state.builder.layer(image.layer).kind;
  if (before !== 'relu' && before !== 'relu6' && before !== 'sigmoid')
    throw new Unsupported(`${paddingInWords(sliding.margins)}; a maximum can be padded by the same on all sides only.`);
  // Zeros win over nothing that is not negative.
  const around = reader.put(image, (name) => pad(name, image.layer, sliding.margins), {}, 'padding');
  return reader.put(image, (name) => ({ ...maxPool(name, around.layer), ...unpadded(sliding) }));
}

/** What "same" pads is left out of the mean. */
function average(reader: KerasReader): KerasValue {
  const { image, sliding, shape } = pooled(reader);
  const settings: PoolSettings | null = poolSettingsFor(sliding, shape, false);
  if (!settings)
    throw new Unsupported(
      `${paddingInWords(sliding.margins)}; a mean that leaves padding out can be padded by the same on all sides only.`,
    );
  return reader.put(image, (name) => ({ ...averagePool(name, image.layer), ...settings, countsPadding: false }));
}

function pooled(reader: KerasReader): { image: KerasValue; sliding: Sliding; shape: Shape } {
  reader.requireChannelsLast();
  const image = reader.image();
  const shape = reader.shape(image);
  const kernel = reader.pair('pool_size', [2, 2]);
  return { image, shape, sliding: slidingOf(reader, kernel, reader.pair('strides', kernel), shape) };
}

function globally(reader: KerasReader, layerOf: (name: string, from: string) => Layer): KerasValue {
  reader.requireChannelsLast();
  const image = reader.image();
  const isFlat = !reader.flag('keepdims', false);
  return reader.put({ ...image, isFlat }, (name) => layerOf(name, image.layer));
}

function flattened(reader: KerasReader): KerasValue {
  const value = reader.input();
  const shape = reader.shape(value);
  if (value.isFlat || shape.height * shape.width === 1) return { layer: value.layer, isFlat: true };
  const flat = reader.put({ layer: value.layer, isFlat: true }, (name) => flatten(name, value.layer));
  return value.isTurned ? flat : { ...flat, channelsWereLast: shape };
}

function permuted(reader: KerasReader): KerasValue {
  const image = reader.image();
  const order = reader.setting('dims', []);
  if (!Array.isArray(order) || order.join() !== '3,1,2')
    throw new Unsupported('It puts axes in an order in which only a flattening could read them; leave it out.');
  return { ...image, isTurned: true };
}

/** One row an image as an image of a single place, and the other way round. */
function reshaped(reader: KerasReader): KerasValue {
  const value = reader.input();
  const { channels, height, width } = reader.shape(value);
  const target = reader.setting('target_shape', []);
  const wanted = Array.isArray(target)
    ? target.map((extent) => (extent === -1 ? channels : (extent as unknown))).join()
    : '';
  if (height * width !== 1 || value.channelsWereLast)
    throw new Unsupported('It gives activations a shape that layers of images do not have.');
  if (wanted === `1,1,${channels}`) return { layer: value.layer, isFlat: false };
  if (wanted === String(channels)) return { layer: value.layer, isFlat: true };
  throw new Unsupported(
    `It gives ${channels} values the shape [${wanted.slice(0, 60)}]; layers of images do not have it.`,
  );
}

function dense(reader: KerasReader): KerasValue {
  const value = reader.input();
  const shape = reader.shape(value);
  if (!value.isFlat) throw new Unsupported('It reads images; flatten them before it.');
  const weight = linearWeights(reader.weight('kernel'), value.channelsWereLast ?? shape);
  const [units] = weight.shape as [number];
  const bias = biasOf(reader);
  if (!bias)
    reader.state.notes.add(`"${reader.layer.name}" has no bias in the file; here it has one, which begins as zero.`);
  return reader.put({ layer: value.layer, isFlat: true }, (name) => linear(name, value.layer, units), {
    weight,
    bias: bias ?? { shape: [units], data: new Float32Array(units) },
  });
}

function dropped(reader: KerasReader): KerasValue {
  const value = reader.input();
  const rate = reader.number('rate', 0.5);
  if (!(rate >= 0 && rate < 1)) throw new Unsupported(`Its rate is ${rate}; it must be at least 0 and below 1.`);
  return rate === 0 ? value : reader.put(value, (name) => dropout(name, value.layer, rate));
}

function joined(reader: KerasReader, layerOf: (name: string, names: readonly string[]) => Layer): KerasValue {
  const values = reader.inputs();
  const [first] = values;
  const form = ({ isFlat, isTurned, channelsWereLast }: KerasValue): string =>
    JSON.stringify([isFlat, isTurned ?? false, channelsWereLast]);
  if (!first || new Set(values.map(form)).size > 1)
    throw new Unsupported('It takes activations of different forms together.');
  return reader.put(first, (name) =>
    layerOf(
      name,
      values.map(({ layer }) => layer),
    ),
  );
}

function concatenated(reader: KerasReader): KerasValue {
  const [first] = reader.inputs();
  const axis = reader.number('axis', -1);
  if (axis !== -1 && axis !== (first?.isFlat ? 1 : 3))
    throw new Unsupported(`It joins along axis ${axis}; only channels can be joined.`);
  if (first?.isTurned || first?.channelsWereLast) throw new Unsupported('It joins features of flattened images.');
  return joined(reader, (name, names) => concat(name, ...names));
}

/** The one of fewer places, or that ends with a gate, has the factors. */
function product(reader: KerasReader): KerasValue {
  const [left, right, ...others] = reader.inputs();
  if (!left || !right || others.length > 0) throw new Unsupported('It must multiply two inputs.');
  if (left.isFlat !== right.isFlat) throw new Unsupported('It takes activations of different forms together.');
  const places = (value: KerasValue): number => reader.shape(value).height * reader.shape(value).width;
  const isGate = ({ layer }: KerasValue): boolean => reader.state.builder.layer(layer).kind === 'sigmoid';
  const isTurned = places(left) !== places(right) ? places(left) < places(right) : isGate(left) && !isGate(right);
  const [image, factors] = isTurned ? [right, left] : [left, right];
  return reader.put(image, (name) => multiply(name, image.layer, factors.layer));
}

function padded(reader: KerasReader): KerasValue {
  reader.requireChannelsLast();
  const image = reader.image();
  const [rows, columns] = sidesOf(reader.setting('padding', [1, 1]));
  const margins = { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
  if (Object.values(margins).every((margin) => margin === 0)) return image;
  return reader.put(image, (name) => pad(name, image.layer, margins));
}

type Sides = readonly [before: number, after: number];

/** One number for all sides, one for rows and one for columns, or two of each. */
function sidesOf(padding: unknown): readonly [rows: Sides, columns: Sides] {
  const [rows, columns] = Array.isArray(padding) ? (padding as unknown[]) : [padding, padding];
  const sides = [rows, columns].map((each): Sides => {
    const [before, after] = Array.isArray(each) ? (each as unknown[]) : [each, each];
    if (!isMargin(before) || !isMargin(after)) throw new Unsupported('Its padding is not whole numbers.');
    return [before, after];
  });
  return sides as [Sides, Sides];
}

function isMargin(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
