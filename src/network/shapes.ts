import type { ConvLayer, Layer, LayerGraph, Shape } from './graph';

/** Shape of the images that a network reads. Throws an Error when it has no input layer. */
export function imageShape(graph: LayerGraph): Shape {
  const input = graph.layers.find((layer) => layer.kind === 'input');
  if (!input) throw new Error(`Network "${graph.name}" has no input layer.`);
  return input.shape;
}

/**
 * Activation shape after every layer, by layer name.
 * Throws an Error when a layer reads one that does not come before it, or when the shapes do not fit together.
 */
export function inferShapes(graph: LayerGraph): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const layer of graph.layers) {
    if (shapes.has(layer.name)) throw new Error(`Two layers are named "${layer.name}".`);
    const inputs = layer.inputs.map((name) => {
      const shape = shapes.get(name);
      if (!shape) throw new Error(`Layer "${layer.name}" reads "${name}", which does not come before it.`);
      return shape;
    });
    shapes.set(layer.name, outputShape(layer, inputs));
  }
  return shapes;
}

function outputShape(layer: Layer, inputs: readonly Shape[]): Shape {
  switch (layer.kind) {
    case 'input':
      return layer.shape;
    case 'conv':
      return convShape(layer, onlyInput(layer, inputs));
    case 'batchNorm':
    case 'relu':
      return onlyInput(layer, inputs);
    case 'add':
      return commonShape(layer, inputs);
    case 'subsamplePad': {
      const { channels, height, width } = onlyInput(layer, inputs);
      return {
        channels: channels + layer.appendedChannels,
        height: Math.ceil(height / layer.stride),
        width: Math.ceil(width / layer.stride),
      };
    }
    case 'globalAveragePool':
      return { channels: onlyInput(layer, inputs).channels, height: 1, width: 1 };
    case 'linear':
      onlyInput(layer, inputs);
      return { channels: layer.units, height: 1, width: 1 };
  }
}

function convShape(layer: ConvLayer, input: Shape): Shape {
  const extent = (size: number, kernel: number) => Math.floor((size + 2 * layer.padding - kernel) / layer.stride) + 1;
  const height = extent(input.height, layer.kernel[0]);
  const width = extent(input.width, layer.kernel[1]);
  if (height < 1 || width < 1)
    throw new Error(`The kernel of "${layer.name}" is larger than its ${input.height} x ${input.width} input.`);
  return { channels: layer.filters, height, width };
}

function onlyInput(layer: Layer, inputs: readonly Shape[]): Shape {
  const [shape, ...others] = inputs;
  if (!shape || others.length > 0)
    throw new Error(`Layer "${layer.name}" must have one input, but has ${inputs.length}.`);
  return shape;
}

function commonShape(layer: Layer, inputs: readonly Shape[]): Shape {
  const [first, ...others] = inputs;
  if (!first || others.length === 0) throw new Error(`Layer "${layer.name}" must have at least two inputs.`);
  const misfit = others.find(
    (other) => other.channels !== first.channels || other.height !== first.height || other.width !== first.width,
  );
  if (misfit) throw new Error(`Layer "${layer.name}" adds shapes ${inWords(first)} and ${inWords(misfit)}.`);
  return first;
}

function inWords({ channels, height, width }: Shape): string {
  return `${channels} x ${height} x ${width}`;
}
