import type { ConvLayer, Layer, LayerGraph, Shape } from '../../../../src/network/graph';
import { inferShapes } from '../../../../src/network/shapes';
import type { TensorMap } from '../../../../src/network/state';

/** One image's activations, [channels, height, width]. */
type Activations = Float64Array;

/**
 * What a network gives for an image in evaluation: plain loops in double precision, written from the definitions of the
 * layers and from nothing that compaction uses.
 */
export function evaluate(graph: LayerGraph, tensors: TensorMap, image: Float64Array): Float64Array {
  const shapes = inferShapes(graph);
  const activations = new Map<string, Activations>();
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => activations.get(name)!);
    const shape = layer.inputs[0] === undefined ? shapes.get(layer.name)! : shapes.get(layer.inputs[0])!;
    const read = (part: string) => tensors.get(`${layer.name}.${part}`)!.data;
    const output = outputOf(layer, layer.kind === 'input' ? [image] : inputs, shape, shapes.get(layer.name)!, read);
    if (output.length !== sizeOf(shapes.get(layer.name)!)) throw new Error(`"${layer.name}" has another size.`);
    activations.set(layer.name, output);
  }
  return activations.get(graph.layers.at(-1)!.name)!;
}

function outputOf(
  layer: Layer,
  inputs: readonly Activations[],
  from: Shape,
  to: Shape,
  read: (part: string) => Float32Array,
): Activations {
  const input = inputs[0]!;
  const places = from.height * from.width;
  switch (layer.kind) {
    case 'input':
      return input;
    case 'conv':
      return convolve(layer, input, from, to, read('weight'));
    case 'batchNorm': {
      const [scale, shift, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(read);
      return input.map((value, index) => {
        const c = Math.floor(index / places);
        return ((value - mean![c]!) / Math.sqrt(variance![c]! + layer.epsilon)) * scale![c]! + shift![c]!;
      });
    }
    case 'relu':
      return input.map((value) => Math.max(value, 0));
    case 'add':
      return input.map((_, index) => inputs.reduce((sum, each) => sum + each[index]!, 0));
    case 'subsamplePad':
      return filled(to, (c, y, x) =>
        c < from.channels ? input[(c * from.height + y * layer.stride) * from.width + x * layer.stride]! : 0,
      );
    case 'channelScatter':
      return filled(to, (c, y, x) => {
        const source = layer.positions.indexOf(c);
        return source < 0 ? read('fill')[c]! : input[(source * from.height + y) * from.width + x]!;
      });
    case 'globalAveragePool':
      return filled(to, (c) => input.subarray(c * places, (c + 1) * places).reduce((sum, v) => sum + v, 0) / places);
    case 'linear': {
      const [weight, bias] = [read('weight'), read('bias')];
      return filled(to, (unit) =>
        input.reduce((sum, value, index) => sum + value * weight[unit * input.length + index]!, bias[unit]!),
      );
    }
  }
}

function convolve(layer: ConvLayer, input: Activations, from: Shape, to: Shape, weights: Float32Array): Activations {
  const [height, width] = layer.kernel;
  return filled(to, (filter, y, x) => {
    let sum = 0;
    for (let c = 0; c < from.channels; c++)
      for (let ky = 0; ky < height; ky++)
        for (let kx = 0; kx < width; kx++) {
          const row = y * layer.stride + ky - layer.padding;
          const column = x * layer.stride + kx - layer.padding;
          if (row < 0 || column < 0 || row >= from.height || column >= from.width) continue;
          const weight = weights[((filter * from.channels + c) * height + ky) * width + kx]!;
          sum += weight * input[(c * from.height + row) * from.width + column]!;
        }
    return sum;
  });
}

function filled(shape: Shape, valueAt: (channel: number, y: number, x: number) => number): Activations {
  const values = new Float64Array(sizeOf(shape));
  let index = 0;
  for (let c = 0; c < shape.channels; c++)
    for (let y = 0; y < shape.height; y++) for (let x = 0; x < shape.width; x++) values[index++] = valueAt(c, y, x);
  return values;
}

function sizeOf({ channels, height, width }: Shape): number {
  return channels * height * width;
}
