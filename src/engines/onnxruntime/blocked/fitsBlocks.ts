import type { ConvLayer, Layer, LayerGraph, Shape } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { phasesFit } from './phases';

/**
 * Whether a network can be built of blocked convolutions: its batch comes in whole blocks, its images do not fill one, strides
 * divide the image evenly, groups are depthwise, and behind pooling and flattening there are linear layers and dropout only.
 * Channels are filled up to whole blocks.
 */
export function fitsBlocks(graph: LayerGraph, batchSize: number, block: number): boolean {
  const shapes = inferShapes(graph);
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const shapeOf = (name: string): Shape => shapes.get(name)!;
  const flat = flatLayers(graph);
  return (
    batchSize % block === 0 &&
    graph.layers.every((layer) => {
      const [input] = layer.inputs as [string];
      switch (layer.kind) {
        case 'input':
          return layer.shape.channels < block;
        case 'conv':
          return !flat.has(input) && convolutionFits(layer, shapeOf(input), shapeOf(layer.name));
        case 'linear':
          return flat.has(input);
        case 'dropout':
          return layers.get(input)!.kind !== 'input';
        case 'subsamplePad':
          return evenly(layer.stride, shapeOf(input)) && blocked(input);
        case 'concat':
          return layer.inputs.slice(0, -1).every((name) => shapeOf(name).channels % block === 0) && everyBlocked(layer);
        // What fills a channel up would not be zero.
        case 'sigmoid':
        case 'hardSigmoid':
        // Nothing in blocks pools a whole image for layers that know nothing of blocks.
        case 'globalMaxPool':
          return false;
        case 'multiply':
          return everyBlocked(layer) && sameImages(layer.inputs.map(shapeOf));
        case 'add':
        case 'averagePool':
        case 'batchNorm':
        case 'channelScatter':
        case 'flatten':
        case 'globalAveragePool':
        case 'hardSwish':
        case 'leakyRelu':
        case 'maxPool':
        case 'pad':
        case 'prelu':
        case 'relu':
        case 'relu6':
        case 'silu':
          return everyBlocked(layer);
      }
    })
  );

  function everyBlocked({ inputs }: Layer): boolean {
    return inputs.every(blocked);
  }

  /** Blocked activations: neither the images themselves, nor what comes after the pooling. */
  function blocked(name: string): boolean {
    return layers.get(name)!.kind !== 'input' && !flat.has(name);
  }
}

/** Layers whose outputs are no blocked activations: what comes after pooling, flattening and linear layers. */
function flatLayers({ layers }: LayerGraph): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const { kind, name, inputs } of layers)
    if (
      kind === 'globalAveragePool' ||
      kind === 'globalMaxPool' ||
      kind === 'flatten' ||
      kind === 'linear' ||
      (kind === 'dropout' && flat.has(inputs[0]!))
    )
      flat.add(name);
  return flat;
}

function convolutionFits(layer: ConvLayer, input: Shape, output: Shape): boolean {
  const { kernel, stride, padding, dilation, groups } = layer;
  const isDepthwise = groups === input.channels && groups === output.channels;
  return (
    dilation === 1 &&
    (groups === 1 || isDepthwise) &&
    phasesFit(kernel[0], stride, padding, input.height, output.height) &&
    phasesFit(kernel[1], stride, padding, input.width, output.width)
  );
}

function sameImages([first, ...others]: readonly Shape[]): boolean {
  return others.every(({ height, width }) => height === first!.height && width === first!.width);
}

function evenly(stride: number, { height, width }: Shape): boolean {
  return height % stride === 0 && width % stride === 0;
}
