import type { Layer, LayerOf, Shape } from '../network/graph';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../network/layers/names';
import { addShifted, convolved } from './plainConvolution';
import { pooled } from './plainPooling';

/** A layer with its inputs; activations are those of one image, [channels, height, width]. */
export interface PlainPass<L extends Layer> {
  readonly layer: L;
  readonly inputs: readonly Float64Array[];
  /** Of the first input. */
  readonly inputShape: Shape;
  readonly shape: Shape;
  readonly values: (name: string) => Float32Array;
}

type Rule<L extends Layer> = (pass: PlainPass<L>) => Float64Array;

/** What a layer of each kind gives in evaluation. */
const rules: { readonly [Kind in Layer['kind']]: Rule<LayerOf<Kind>> } = {
  add: ({ inputs }) => inputs[0]!.map((_, index) => inputs.reduce((sum, each) => sum + each[index]!, 0)),
  averagePool: ({ layer, ...pass }) =>
    pooled(layer, pass, (values, { rows, columns, image }) => {
      const counted = layer.countsPadding ? rows * columns : image;
      return values.reduce((sum, value) => sum + value, 0) / counted;
    }),
  batchNorm,
  channelScatter,
  concat: ({ inputs }) => Float64Array.from(inputs.flatMap((input) => [...input])),
  conv: ({ layer, inputs, inputShape, shape, values }) => {
    const bias = layer.bias ? values(biasName(layer.name)) : null;
    return convolved(layer, inputs[0]!, { inputShape, shape, weights: values(weightName(layer.name)), bias });
  },
  dropout: same,
  flatten: same,
  globalAveragePool: byChannel((values) => values.reduce((sum, value) => sum + value, 0) / values.length),
  globalMaxPool: byChannel((values) => values.reduce((most, value) => Math.max(most, value), -Infinity)),
  hardSigmoid: byValue(hardGate),
  hardSwish: byValue((value) => value * hardGate(value)),
  input: same,
  leakyRelu: byValue((value, { slope }) => (value < 0 ? slope * value : value)),
  linear,
  maxPool: ({ layer, ...pass }) => pooled(layer, pass, (values) => Math.max(...values)),
  multiply: ({ inputs: [image, factors] }) => {
    const places = image!.length / factors!.length;
    return image!.map((value, index) => value * factors![Math.floor(index / places)]!);
  },
  pad,
  prelu: ({ layer, inputs, shape, values }) => {
    const slopes = values(weightName(layer.name));
    const places = shape.height * shape.width;
    return inputs[0]!.map((value, index) =>
      value < 0 ? value * slopes[layer.byChannel ? Math.floor(index / places) : 0]! : value,
    );
  },
  relu: byValue((value) => Math.max(0, value)),
  relu6: byValue((value) => Math.min(6, Math.max(0, value))),
  sigmoid: byValue(gate),
  silu: byValue((value) => value * gate(value)),
  subsamplePad,
};

/** The layer's output, [channels, height, width]. */
export function plainOutput(pass: PlainPass<Layer>): Float64Array {
  // That a rule is given layers of its own kind, the table says.
  return (rules[pass.layer.kind] as Rule<Layer>)(pass);
}

function same({ inputs }: PlainPass<Layer>): Float64Array {
  return inputs[0]!;
}

function byValue<L extends Layer>(valueAt: (value: number, layer: L) => number): Rule<L> {
  return ({ layer, inputs }) => inputs[0]!.map((value) => valueAt(value, layer));
}

function byChannel(valueOf: (values: Float64Array) => number): Rule<Layer> {
  return ({ inputs, inputShape }) =>
    Float64Array.from({ length: inputShape.channels }, (_, channel) =>
      valueOf(channelOf(inputs[0]!, channel, inputShape)),
    );
}

function gate(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

function hardGate(value: number): number {
  if (value <= -3) return 0;
  return value >= 3 ? 1 : (value + 3) / 6;
}

function batchNorm({ layer, inputs, shape, values }: PlainPass<LayerOf<'batchNorm'>>): Float64Array {
  const { name, epsilon } = layer;
  const [scale, shift] = [values(weightName(name)), values(biasName(name))];
  const [means, variances] = [values(runningMeanName(name)), values(runningVarianceName(name))];
  const size = shape.height * shape.width;
  return inputs[0]!.map((value, index) => {
    const channel = Math.floor(index / size);
    const deviation = Math.sqrt(variances[channel]! + epsilon);
    return ((value - means[channel]!) / deviation) * scale[channel]! + shift[channel]!;
  });
}

function subsamplePad({ layer, inputs, inputShape, shape }: PlainPass<LayerOf<'subsamplePad'>>): Float64Array {
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  const tap = { weight: 1, stride: layer.stride, offset: { y: 0, x: 0 } };
  for (let channel = 0; channel < inputShape.channels; channel++)
    addShifted(channelOf(output, channel, shape), shape, channelOf(inputs[0]!, channel, inputShape), inputShape, tap);
  return output;
}

function pad({ layer, inputs, inputShape, shape }: PlainPass<LayerOf<'pad'>>): Float64Array {
  const { top, left } = layer.margins;
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  for (let row = 0; row < inputShape.channels * inputShape.height; row++) {
    const [channel, y] = [Math.floor(row / inputShape.height), row % inputShape.height];
    const values = inputs[0]!.subarray(row * inputShape.width, (row + 1) * inputShape.width);
    output.set(values, (channel * shape.height + top + y) * shape.width + left);
  }
  return output;
}

function channelScatter({ layer, inputs, shape, values }: PlainPass<LayerOf<'channelScatter'>>): Float64Array {
  const fill = values(fillName(layer.name));
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  for (let channel = 0; channel < shape.channels; channel++) channelOf(output, channel, shape).fill(fill[channel]!);
  for (const [index, position] of layer.positions.entries())
    channelOf(output, position, shape).set(channelOf(inputs[0]!, index, shape));
  return output;
}

function linear({ layer, inputs, values }: PlainPass<LayerOf<'linear'>>): Float64Array {
  const [weights, biases] = [values(weightName(layer.name)), values(biasName(layer.name))];
  const features = inputs[0]!.length;
  return new Float64Array(layer.units).map((_, unit) =>
    inputs[0]!.reduce((sum, value, feature) => sum + value * weights[unit * features + feature]!, biases[unit]!),
  );
}

function channelOf(values: Float64Array, channel: number, { height, width }: Shape): Float64Array {
  return values.subarray(channel * height * width, (channel + 1) * height * width);
}
