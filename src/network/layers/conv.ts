import * as z from 'zod';
import type { TensorMap } from '../../formats/tensor';
import type { Channels, Constants } from './channelFlow';
import { channels, kernelExtent, padding, stride } from './fields';
import type { ConvGeometry } from './graphOps';
import { only, soleInput, type LayerBase, type LayerContext, type LayerKind, type LayerPass } from './layerKind';
import { biasName, weightName } from './names';
import { shapeInWords, type Shape } from './shape';

/**
 * 2-d convolution; weights are [filters, input channels of a group, kernel height, kernel width]. With as many groups as input
 * channels it is depthwise: its channels follow those of the input, and go with them.
 */
export interface ConvLayer extends LayerBase, ConvGeometry {
  readonly kind: 'conv';
  readonly filters: number;
  readonly bias: boolean;
  /** False for layers that the pruning rule leaves alone: 1x1 projection shortcuts, and those with groups. */
  readonly prunable: boolean;
}

interface ConvOptions {
  readonly size?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly bias?: boolean;
}

/** With a square kernel that leaves the size of the image as it is at stride 1. */
export function conv(
  name: string,
  from: string,
  filters: number,
  { size = 3, stride = 1, dilation = 1, padding = dilation * (size >> 1), groups = 1, bias = false }: ConvOptions = {},
): ConvLayer {
  const geometry = { kernel: [size, size], stride, padding, dilation, groups } as const;
  return { kind: 'conv', name, inputs: [from], filters, ...geometry, bias, prunable: groups === 1 };
}

/** Places of a kernel's taps along an axis of this size; below 1 where the kernel does not fit. */
export function convolvedExtent(
  size: number,
  taps: number,
  { stride, padding, dilation }: Pick<ConvGeometry, 'stride' | 'padding' | 'dilation'>,
): number {
  return Math.floor((size + 2 * padding - dilation * (taps - 1) - 1) / stride) + 1;
}

export const convKind: LayerKind<ConvLayer> = {
  fields: {
    filters: channels,
    kernel: z.tuple([kernelExtent, kernelExtent]),
    stride,
    padding,
    // Networks that were written before there were these are without them.
    dilation: kernelExtent.default(1),
    groups: channels.default(1),
    bias: z.boolean().default(false),
    prunable: z.boolean(),
  },
  shape: (layer, inputs) => outputShape(layer, only(layer, inputs)),
  parameters: (layer, inputs) => {
    const own = { layer: layer.name } as const;
    const channelsOfGroup = only(layer, inputs).channels / layer.groups;
    const weight = {
      ...own,
      name: weightName(layer.name),
      role: 'convWeight',
      shape: [layer.filters, channelsOfGroup, ...layer.kernel],
      axes: ['output', layer.groups === 1 ? 'input' : 'other', 'other', 'other'],
    } as const;
    const bias = {
      ...own,
      name: biasName(layer.name),
      role: 'convBias',
      shape: [layer.filters],
      axes: ['output'],
    } as const;
    return layer.bias ? [weight, bias] : [weight];
  },
  narrowed: (layer, { output, inputs }) => {
    const channelCount = only(layer, inputs).length;
    // Of a layer with groups that is not depthwise all channels stay.
    const groups = layer.groups === 1 || channelCount > layer.groups ? layer.groups : channelCount;
    return { ...layer, filters: output.length, groups };
  },
  /** A depthwise filter reads one channel, also where fewer of them are left than there were groups. */
  multiplyAdds: ({ kernel, groups }, input, output) =>
    output.height * output.width * kernel[0] * kernel[1] * channelsRead(input.channels, groups) * output.channels,
  channelFlow: (layer, inputs) => flow(layer, only(layer, inputs)),
  readsAllChannels: (layer, inputs) => layer.groups > 1 && !isDepthwise(layer, only(layer, inputs)),
  constants,
  train: pass,
};

function channelsRead(channels: number, groups: number): number {
  return groups === 1 ? channels : Math.max(1, channels / groups);
}

function isDepthwise({ groups }: ConvLayer, input: { readonly channels: number }): boolean {
  return groups > 1 && groups === input.channels;
}

function flow(layer: ConvLayer, input: Channels): Channels {
  const { name, filters, groups } = layer;
  return Array.from({ length: filters }, (_, filter) => {
    if (isDepthwise(layer, { channels: input.length })) return input[Math.floor((filter * groups) / filters)]!;
    return groups === 1 ? { sources: [{ layer: name, filter }], fixed: false } : { sources: [], fixed: true };
  });
}

function outputShape(layer: ConvLayer, input: Shape): Shape {
  const { name, filters, groups, kernel } = layer;
  if (input.channels % groups !== 0 || filters % groups !== 0)
    throw new Error(
      `Layer "${name}" cannot divide ${input.channels} channels and ${filters} filters into ${groups} groups.`,
    );
  const height = convolvedExtent(input.height, kernel[0], layer);
  const width = convolvedExtent(input.width, kernel[1], layer);
  if (height < 1 || width < 1)
    throw new Error(`The kernel of "${name}" is larger than its input of ${shapeInWords(input)}.`);
  return { channels: filters, height, width };
}

/**
 * A filter without weights gives its bias, whatever it reads; one that reads only constants still has the image's borders, but
 * for a depthwise one without padding.
 */
function constants(layer: ConvLayer, inputs: readonly Constants[], _output: Shape, tensors: TensorMap): Constants {
  const { name, filters, groups, padding } = layer;
  const input = only(layer, inputs);
  const weights = valuesOf(weightName(name), tensors);
  const biases = layer.bias ? valuesOf(biasName(name), tensors) : null;
  const size = weights.length / filters;
  return Array.from({ length: filters }, (_, filter) => {
    const own = weights.subarray(filter * size, (filter + 1) * size);
    const bias = biases?.[filter] ?? 0;
    if (own.every((weight) => weight === 0)) return bias;
    const read = isDepthwise(layer, { channels: input.length })
      ? input[Math.floor((filter * groups) / filters)]!
      : null;
    if (read === 0) return bias;
    return read !== null && padding === 0
      ? Math.fround(read * own.reduce((sum, weight) => sum + weight, 0) + bias)
      : null;
  });
}

function valuesOf(name: string, tensors: TensorMap): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`The state has no "${name}".`);
  return tensor.data;
}

function pass<T>(context: LayerContext<T, ConvLayer>): LayerPass<T> {
  const { layer, ops } = context;
  const { input, shape } = soleInput(context);
  const [weight, bias] = [weightName(layer.name), biasName(layer.name)];
  const weights = ops.variable(weight);
  return {
    output: ops.conv2d(input, weights, layer.bias ? ops.variable(bias) : null, layer),
    backward: (gradient) => ({
      inputs: [() => ops.conv2dInputGradient(gradient, weights, shape, layer)],
      parameters: new Map([
        [weight, ops.conv2dWeightGradient(gradient, input, layer)],
        ...(layer.bias ? [[bias, ops.channelSums(gradient)] as const] : []),
      ]),
    }),
  };
}
