import type { ConvLayer, LayerGraph, Shape } from '../../../network/graph';
import { inferShapes } from '../../../network/shapes';
import { phasesFit } from './phases';

/**
 * Whether a network can be built of blocked convolutions: its batch comes in whole blocks, its images do not fill one, strides
 * divide the image evenly, and behind the pooling there are linear layers only. Channels are filled up to whole blocks.
 */
export function fitsBlocks(graph: LayerGraph, batchSize: number, block: number): boolean {
  const shapes = inferShapes(graph);
  const shapeOf = (name: string): Shape => shapes.get(name)!;
  return (
    batchSize % block === 0 &&
    graph.layers.every((layer) => {
      const [input] = layer.inputs;
      switch (layer.kind) {
        case 'input':
          return layer.shape.channels < block;
        case 'conv':
          return convolutionFits(layer, shapeOf(input!), shapeOf(layer.name));
        case 'linear':
          return graph.layers.some(
            ({ name, kind }) => name === input && (kind === 'globalAveragePool' || kind === 'linear'),
          );
        case 'subsamplePad':
          return evenly(layer.stride, shapeOf(input!)) && blocked(input!);
        case 'batchNorm':
        case 'relu':
        case 'add':
        case 'channelScatter':
        case 'globalAveragePool':
          return layer.inputs.every(blocked);
      }
    })
  );

  /** Blocked activations: neither the images themselves, nor what comes after the pooling. */
  function blocked(name: string): boolean {
    const { kind } = graph.layers.find((layer) => layer.name === name)!;
    return kind !== 'input' && kind !== 'globalAveragePool' && kind !== 'linear';
  }
}

function convolutionFits({ kernel, stride, padding }: ConvLayer, input: Shape, output: Shape): boolean {
  return (
    phasesFit(kernel[0], stride, padding, input.height, output.height) &&
    phasesFit(kernel[1], stride, padding, input.width, output.width)
  );
}

function evenly(stride: number, { height, width }: Shape): boolean {
  return height % stride === 0 && width % stride === 0;
}
