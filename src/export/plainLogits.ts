import type { TensorMap } from '../formats/tensor';
import type {
  BatchNormLayer,
  ChannelScatterLayer,
  ConvLayer,
  Layer,
  LayerGraph,
  LinearLayer,
  Shape,
  SubsamplePadLayer,
} from '../network/graph';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../network/layers/names';
import { imageShape, inferShapes } from '../network/shapes';
import { tensorNamed } from './exportable';

/** A layer with its inputs; activations are those of one image, [channels, height, width]. */
interface PlainPass<L extends Layer> {
  readonly layer: L;
  readonly inputs: readonly Float64Array[];
  readonly inputShape: Shape;
  readonly shape: Shape;
  readonly values: (name: string) => Float32Array;
}

/**
 * Logits [count, classes] of a network in evaluation mode, of float32 images [count, channels, height, width]: plain loops in
 * double precision that share no code with the engines, as the reference that an exported file is compared with. Slow: meant
 * for a few images.
 */
export function plainLogits(graph: LayerGraph, tensors: TensorMap, images: Float32Array, count: number): Float64Array {
  const { channels, height, width } = imageShape(graph);
  const size = channels * height * width;
  const logits = Array.from({ length: count }, (_, image) =>
    logitsOfOne(graph, tensors, Float64Array.from(images.subarray(image * size, (image + 1) * size))),
  );
  return Float64Array.from(logits.flatMap((row) => [...row]));
}

function logitsOfOne(graph: LayerGraph, tensors: TensorMap, image: Float64Array): Float64Array {
  const shapes = inferShapes(graph);
  const outputs = new Map<string, Float64Array>();
  for (const layer of graph.layers) {
    const pass = {
      inputs: layer.inputs.map((name) => outputs.get(name)!),
      inputShape: shapes.get(layer.inputs[0] ?? layer.name)!,
      shape: shapes.get(layer.name)!,
      values: (name: string) => tensorNamed(tensors, name).data,
    };
    outputs.set(layer.name, layer.kind === 'input' ? image : outputOf({ ...pass, layer }));
  }
  return outputs.get(graph.layers.at(-1)!.name)!;
}

function outputOf(pass: PlainPass<Exclude<Layer, { kind: 'input' }>>): Float64Array {
  const { layer, inputs, shape, inputShape } = pass;
  const [input] = inputs as [Float64Array];
  switch (layer.kind) {
    case 'conv':
      return conv({ ...pass, layer });
    case 'batchNorm':
      return batchNorm({ ...pass, layer });
    case 'relu':
      return input.map((value) => Math.max(0, value));
    case 'add':
      return input.map((_, index) => inputs.reduce((sum, each) => sum + each[index]!, 0));
    case 'subsamplePad':
      return subsamplePad({ ...pass, layer });
    case 'channelScatter':
      return channelScatter({ ...pass, layer });
    case 'globalAveragePool':
      return new Float64Array(shape.channels).map((_, channel) => mean(channelOf(input, channel, inputShape)));
    case 'linear':
      return linear({ ...pass, layer });
  }
}

function conv({ layer, inputs, inputShape, shape, values }: PlainPass<ConvLayer>): Float64Array {
  const weights = values(weightName(layer.name));
  const [height, width] = layer.kernel;
  const output = new Float64Array(layer.filters * shape.height * shape.width);
  for (let filter = 0; filter < layer.filters; filter++) {
    const into = channelOf(output, filter, shape);
    for (let channel = 0; channel < inputShape.channels; channel++) {
      const from = channelOf(inputs[0]!, channel, inputShape);
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const weight = weights[((filter * inputShape.channels + channel) * height + y) * width + x]!;
          const offset = { y: y - layer.padding, x: x - layer.padding };
          if (weight !== 0) addShifted(into, shape, from, inputShape, { weight, stride: layer.stride, offset });
        }
    }
  }
  return output;
}

interface Tap {
  readonly weight: number;
  readonly stride: number;
  readonly offset: { readonly y: number; readonly x: number };
}

/** Adds one kernel weight's share to a filter's output; the input is zero outside of its borders. */
function addShifted(
  into: Float64Array,
  outputShape: Shape,
  from: Float64Array,
  inputShape: Shape,
  { weight, stride, offset }: Tap,
): void {
  const [firstRow, endRow] = withinInput(inputShape.height, outputShape.height, stride, offset.y);
  const [firstColumn, endColumn] = withinInput(inputShape.width, outputShape.width, stride, offset.x);
  for (let row = firstRow; row < endRow; row++) {
    const target = row * outputShape.width;
    const source = (row * stride + offset.y) * inputShape.width + offset.x;
    for (let column = firstColumn; column < endColumn; column++)
      into[target + column]! += weight * from[source + column * stride]!;
  }
}

/** The range of output indices (end exclusive) for which `index * stride + offset` lies inside the input. */
function withinInput(input: number, output: number, stride: number, offset: number): [first: number, end: number] {
  return [Math.max(0, Math.ceil(-offset / stride)), Math.min(output, Math.ceil((input - offset) / stride))];
}

function batchNorm({ layer: { name, epsilon }, inputs, shape, values }: PlainPass<BatchNormLayer>): Float64Array {
  const [scale, shift] = [values(weightName(name)), values(biasName(name))];
  const [means, variances] = [values(runningMeanName(name)), values(runningVarianceName(name))];
  const size = shape.height * shape.width;
  return inputs[0]!.map((value, index) => {
    const channel = Math.floor(index / size);
    const deviation = Math.sqrt(variances[channel]! + epsilon);
    return ((value - means[channel]!) / deviation) * scale[channel]! + shift[channel]!;
  });
}

function subsamplePad({ layer, inputs, inputShape, shape }: PlainPass<SubsamplePadLayer>): Float64Array {
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  const tap = { weight: 1, stride: layer.stride, offset: { y: 0, x: 0 } };
  for (let channel = 0; channel < inputShape.channels; channel++)
    addShifted(channelOf(output, channel, shape), shape, channelOf(inputs[0]!, channel, inputShape), inputShape, tap);
  return output;
}

function channelScatter({ layer, inputs, shape, values }: PlainPass<ChannelScatterLayer>): Float64Array {
  const fill = values(fillName(layer.name));
  const output = new Float64Array(shape.channels * shape.height * shape.width);
  for (let channel = 0; channel < shape.channels; channel++) channelOf(output, channel, shape).fill(fill[channel]!);
  for (const [index, position] of layer.positions.entries())
    channelOf(output, position, shape).set(channelOf(inputs[0]!, index, shape));
  return output;
}

function linear({ layer, inputs, values }: PlainPass<LinearLayer>): Float64Array {
  const [weights, biases] = [values(weightName(layer.name)), values(biasName(layer.name))];
  const features = inputs[0]!.length;
  return new Float64Array(layer.units).map((_, unit) =>
    inputs[0]!.reduce((sum, value, feature) => sum + value * weights[unit * features + feature]!, biases[unit]!),
  );
}

function channelOf(values: Float64Array, channel: number, { height, width }: Shape): Float64Array {
  return values.subarray(channel * height * width, (channel + 1) * height * width);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
