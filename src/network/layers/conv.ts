import * as z from 'zod';
import type { TensorMap } from '../../formats/tensor';
import type { Channels, Constants } from './channelFlow';
import { channels, kernelExtent, padding, stride } from './fields';
import { only, soleInput, type LayerBase, type LayerContext, type LayerKind, type LayerPass } from './layerKind';
import { weightName } from './names';
import { shapeInWords, type Shape } from './shape';

/** 2-d convolution without bias; weights are [filters, input channels, kernel height, kernel width]. */
export interface ConvLayer extends LayerBase {
  readonly kind: 'conv';
  readonly filters: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  /** Zero rows and columns added on every side. */
  readonly padding: number;
  /** False for layers the pruning rule leaves alone (1x1 projection shortcuts). */
  readonly prunable: boolean;
}

/** With a square kernel that leaves the size of the image as it is at stride 1. */
export function conv(
  name: string,
  from: string,
  filters: number,
  { size = 3, stride = 1, padding = size >> 1 }: { size?: number; stride?: number; padding?: number } = {},
): ConvLayer {
  return { kind: 'conv', name, inputs: [from], filters, kernel: [size, size], stride, padding, prunable: true };
}

export const convKind: LayerKind<ConvLayer> = {
  fields: {
    filters: channels,
    kernel: z.tuple([kernelExtent, kernelExtent]),
    stride,
    padding,
    prunable: z.boolean(),
  },
  shape: (layer, inputs) => outputShape(layer, only(layer, inputs)),
  parameters: (layer, inputs) => [
    {
      name: weightName(layer.name),
      layer: layer.name,
      role: 'convWeight',
      shape: [layer.filters, only(layer, inputs).channels, ...layer.kernel],
      axes: ['output', 'input', 'other', 'other'],
    },
  ],
  narrowed: (layer, { output }) => ({ ...layer, filters: output.length }),
  multiplyAdds: ({ kernel }, input, output) =>
    output.height * output.width * kernel[0] * kernel[1] * input.channels * output.channels,
  channelFlow: ({ name, filters }): Channels =>
    Array.from({ length: filters }, (_, filter) => ({ sources: [{ layer: name, filter }], fixed: false })),
  constants: ({ name, filters }, _inputs, _output, tensors): Constants => {
    const zero = zeroFilters(weightName(name), tensors);
    return Array.from({ length: filters }, (_, filter) => (zero[filter] ? 0 : null));
  },
  train: pass,
};

function outputShape(layer: ConvLayer, input: Shape): Shape {
  const extent = (size: number, kernel: number) => Math.floor((size + 2 * layer.padding - kernel) / layer.stride) + 1;
  const height = extent(input.height, layer.kernel[0]);
  const width = extent(input.width, layer.kernel[1]);
  if (height < 1 || width < 1)
    throw new Error(`The kernel of "${layer.name}" is larger than its input of ${shapeInWords(input)}.`);
  return { channels: layer.filters, height, width };
}

/** A filter without weights gives zero, whatever it reads; a filter that reads only constants still has the image's borders. */
function zeroFilters(name: string, tensors: TensorMap): boolean[] {
  const weights = tensors.get(name);
  if (!weights) throw new Error(`The state has no "${name}".`);
  const filters = weights.shape[0]!;
  const size = weights.data.length / filters;
  return Array.from({ length: filters }, (_, filter) =>
    weights.data.subarray(filter * size, (filter + 1) * size).every((weight) => weight === 0),
  );
}

function pass<T>(context: LayerContext<T, ConvLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input, shape } = soleInput(context);
  const name = weightName(layer.name);
  const weights = ops.variable(name);
  return {
    output: ops.conv2d(input, weights, layer),
    backward: (gradient) => ({
      inputs: [() => ops.conv2dInputGradient(gradient, weights, shape, layer)],
      parameters: new Map([[name, ops.conv2dWeightGradient(gradient, input, layer)]]),
    }),
  };
}
