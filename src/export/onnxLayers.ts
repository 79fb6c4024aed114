import type { Attributes, OnnxNode } from '../formats/onnx/protoParts';
import type { Tensor } from '../formats/tensor';
import type { Layer, LayerOf, Shape } from '../network/graph';
import { biasName, fillName, runningMeanName, runningVarianceName, weightName } from '../network/layers/names';
import { poolWindow } from '../network/layers/pooling';
import { fillElsewhere, inPlace, placement } from './placement';

/** The nodes that a layer is written as. */
export interface OnnxPart {
  readonly nodes: readonly OnnxNode[];
  /** Constants that the nodes read and that the network's weights do not contain in this shape, by name. */
  readonly constants?: ReadonlyMap<string, Tensor>;
  /** Sizes, axes and the like that the nodes read, by name. */
  readonly integers?: ReadonlyMap<string, readonly number[]>;
}

/** A layer that is written as nodes; those that do nothing in evaluation are not. */
export type ComputedLayer = Exclude<Layer, { readonly kind: 'input' | 'dropout' }>;

export interface OnnxPlace<L extends Layer> {
  readonly layer: L;
  /** Tensors that the layer reads. */
  readonly inputs: readonly string[];
  /** Of the first one. */
  readonly inputShape: Shape;
  /** The tensor that holds the layer's output. */
  readonly output: string;
  /** Whether it is [batch, channels]. */
  readonly flat: boolean;
  /** Whether the layer reads zeros that a layer before puts around the image. */
  readonly readsPadded: boolean;
  readonly values: (name: string) => Tensor;
}

type Writer<L extends Layer> = (place: OnnxPlace<L>) => OnnxPart;

const writers: { readonly [Kind in ComputedLayer['kind']]: Writer<LayerOf<Kind>> } = {
  add,
  averagePool,
  batchNorm,
  channelScatter,
  concat: (place) => operator(place, 'Concat', { axis: 1 }),
  conv,
  flatten: (place) => operator(place, 'Flatten', { axis: 1 }),
  globalAveragePool: (place) => operator(place, 'GlobalAveragePool'),
  globalMaxPool: (place) => operator(place, 'GlobalMaxPool'),
  hardSigmoid: (place) => operator(place, 'HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  hardSwish: (place) => operator(place, 'HardSwish'),
  leakyRelu: (place) => operator(place, 'LeakyRelu', { alpha: { float: place.layer.slope } }),
  linear,
  maxPool: (place) => pooling(place, 'MaxPool', windowOf(place.layer, place.inputShape)),
  multiply: (place) => operator(place, 'Mul'),
  pad,
  prelu,
  relu: (place) => operator(place, 'Relu'),
  relu6,
  sigmoid: (place) => operator(place, 'Sigmoid'),
  silu,
  subsamplePad,
};

/** The nodes of a layer. */
export function onnxPart(place: OnnxPlace<ComputedLayer>): OnnxPart {
  // That a writer is given layers of its own kind, the table says.
  return (writers[place.layer.kind] as Writer<ComputedLayer>)(place);
}

function operator(place: OnnxPlace<Layer>, name: string, attributes: Attributes = {}): OnnxPart {
  return { nodes: [node(place, name, [], attributes)] };
}

/** A node that is named after its layer, reads what the layer reads and then `more`. */
function node(
  { layer, inputs, output }: OnnxPlace<Layer>,
  operator: string,
  more: readonly string[] = [],
  attributes: Attributes = {},
): OnnxNode {
  return { name: layer.name, operator, inputs: [...inputs, ...more], outputs: [output], attributes };
}

function conv(place: OnnxPlace<LayerOf<'conv'>>): OnnxPart {
  const { name, kernel, stride, padding, dilation, groups, bias } = place.layer;
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
    ...(dilation > 1 && { dilations: [dilation, dilation] }),
    ...(groups > 1 && { group: groups }),
  };
  return { nodes: [node(place, 'Conv', [weightName(name), ...(bias ? [biasName(name)] : [])], attributes)] };
}

function batchNorm(place: OnnxPlace<LayerOf<'batchNorm'>>): OnnxPart {
  const { name, epsilon, momentum } = place.layer;
  const vectors = [weightName(name), biasName(name), runningMeanName(name), runningVarianceName(name)];
  // In ONNX, momentum is the share of the running value that is kept.
  const attributes = { epsilon: { float: epsilon }, momentum: { float: 1 - momentum } };
  return { nodes: [node(place, 'BatchNormalization', vectors, attributes)] };
}

/** ONNX's Add takes two inputs, so more of them are a chain. */
function add({ layer, inputs, output }: OnnxPlace<Layer>): OnnxPart {
  const [first, ...others] = inputs as [string, ...string[]];
  const nodes: OnnxNode[] = [];
  let sum = first;
  for (const [index, other] of others.entries()) {
    const name = index === others.length - 1 ? layer.name : `${layer.name}.sum${index + 1}`;
    const target = index === others.length - 1 ? output : name;
    nodes.push({ name, operator: 'Add', inputs: [sum, other], outputs: [target] });
    sum = target;
  }
  return { nodes };
}

type PoolLayer = LayerOf<'maxPool' | 'averagePool'>;

/**
 * Attributes of a pooling. `ceil_mode` is written where it gives our number of places on both axes; else windows that reach beyond
 * the padding behind the image have that as padding too. In ONNX, rounding up may give a place of padding alone, which PyTorch
 * leaves out.
 */
function windowOf(layer: PoolLayer, input: Shape): Attributes {
  const { kernel, stride, padding } = layer;
  const { bottom, right } = poolWindow(layer, input).margins;
  const roundsUp = reachesBeyond(layer, input) && Math.min(bottom, right) >= padding;
  const ends = roundsUp ? [padding, padding] : [Math.max(bottom, padding), Math.max(right, padding)];
  return {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, ...ends],
    ...(roundsUp && { ceil_mode: 1 }),
  };
}

/** Whether a window reaches beyond the padding behind the image. */
function reachesBeyond(layer: PoolLayer, input: Shape): boolean {
  const { bottom, right } = poolWindow(layer, input).margins;
  return Math.max(bottom, right) > layer.padding;
}

/**
 * Where the padding counts and a window reaches beyond it, which does not count, the padding's zeros are put around the image
 * first: in ONNX both count or none.
 */
function averagePool(place: OnnxPlace<LayerOf<'averagePool'>>): OnnxPart {
  const { layer, inputShape, inputs } = place;
  const { padding, countsPadding } = layer;
  const window = windowOf(layer, inputShape);
  if (!countsPadding || padding === 0) return pooling(place, 'AveragePool', window);
  if (!reachesBeyond(layer, inputShape)) return pooling(place, 'AveragePool', { ...window, count_include_pad: 1 });
  const name = `${layer.name}.padded`;
  const padded = zerosAround(name, inputs, { top: padding, left: padding, bottom: padding, right: padding }, name);
  const { bottom, right } = poolWindow(layer, inputShape).margins;
  const { kernel_shape, strides } = window as Required<Pick<Attributes, 'kernel_shape' | 'strides'>>;
  const pads = [0, 0, Math.max(bottom - padding, 0), Math.max(right - padding, 0)];
  const ofPadded = { ...place, inputs: [name], readsPadded: true };
  const { nodes } = pooling(ofPadded, 'AveragePool', { kernel_shape, strides, pads });
  return { ...padded, nodes: [...padded.nodes, ...nodes] };
}

/**
 * onnxruntime 1.30 makes zeros that were put around an image the padding of the pooling behind, where max pooling takes them for
 * less than every value, and refuses its own work where they are as wide as the window. A sum of one between them prevents that.
 */
function pooling(place: OnnxPlace<Layer>, operator: string, attributes: Attributes): OnnxPart {
  if (!place.readsPadded) return { nodes: [node(place, operator, [], attributes)] };
  const name = `${place.layer.name}.apart`;
  const apart = { name, operator: 'Sum', inputs: place.inputs, outputs: [name] };
  return { nodes: [apart, node({ ...place, inputs: [name] }, operator, [], attributes)] };
}

function pad({ layer, inputs, output }: OnnxPlace<LayerOf<'pad'>>): OnnxPart {
  return zerosAround(layer.name, inputs, layer.margins, output);
}

function zerosAround(
  name: string,
  inputs: readonly string[],
  { top, left, bottom, right }: LayerOf<'pad'>['margins'],
  output: string,
): OnnxPart {
  const pads = `${name}.pads`;
  return {
    nodes: [{ name, operator: 'Pad', inputs: [...inputs, pads], outputs: [output] }],
    integers: new Map([[pads, [0, 0, top, left, 0, 0, bottom, right]]]),
  };
}

/** Behind the images' channel axis ONNX wants axes of 1. */
function prelu(place: OnnxPlace<LayerOf<'prelu'>>): OnnxPart {
  const name = weightName(place.layer.name);
  const { data } = place.values(name);
  const shape = place.flat ? [data.length] : [data.length, 1, 1];
  return { nodes: [node(place, 'PRelu', [name])], constants: new Map([[name, { shape, data }]]) };
}

function relu6(place: OnnxPlace<LayerOf<'relu6'>>): OnnxPart {
  const bounds = { low: `${place.layer.name}.min`, high: `${place.layer.name}.max` };
  const scalar = (value: number): Tensor => ({ shape: [], data: Float32Array.of(value) });
  return {
    nodes: [node(place, 'Clip', [bounds.low, bounds.high])],
    constants: new Map([
      [bounds.low, scalar(0)],
      [bounds.high, scalar(6)],
    ]),
  };
}

function silu(place: OnnxPlace<LayerOf<'silu'>>): OnnxPart {
  const gate = `${place.layer.name}.gate`;
  return {
    nodes: [{ name: gate, operator: 'Sigmoid', inputs: place.inputs, outputs: [gate] }, node(place, 'Mul', [gate])],
  };
}

/**
 * A pooling of single pixels takes every `stride`-th, and where channels are appended a convolution of 1x1 does both. Slice
 * and Pad would say it more plainly, but they leave onnxruntime's blocked layout: a ResNet-56 took 7 % longer (docs/exports.md).
 */
function subsamplePad(place: OnnxPlace<LayerOf<'subsamplePad'>>): OnnxPart {
  const { layer, inputShape } = place;
  const { channels } = inputShape;
  const size = { kernel_shape: [1, 1], strides: [layer.stride, layer.stride] };
  if (layer.appendedChannels === 0) return pooling(place, 'MaxPool', size);
  return pointwise(place, placement(channels + layer.appendedChannels, inPlace(channels)), [], size);
}

/** For the same reason not Gather, with which a narrow ResNet-56 took 20 % longer. */
function channelScatter(place: OnnxPlace<LayerOf<'channelScatter'>>): OnnxPart {
  const { name, channels, positions } = place.layer;
  const bias = [fillName(name), fillElsewhere(place.values(fillName(name)), positions)] as const;
  const { nodes, constants } = pointwise(place, placement(channels, positions), [bias[0]], { kernel_shape: [1, 1] });
  return { nodes, constants: new Map([...(constants ?? []), bias]) };
}

/** A convolution of 1x1 with constant weights [outputs, inputs]. */
function pointwise(place: OnnxPlace<Layer>, matrix: Tensor, more: readonly string[], attributes: Attributes): OnnxPart {
  const name = `${place.layer.name}.placement`;
  const constants = new Map([[name, { shape: [...matrix.shape, 1, 1], data: matrix.data }]]);
  return { nodes: [node(place, 'Conv', [name, ...more], attributes)], constants };
}

function linear(place: OnnxPlace<LayerOf<'linear'>>): OnnxPart {
  const { name } = place.layer;
  const flattened = `${name}.flattened`;
  return {
    nodes: [
      { name: flattened, operator: 'Flatten', inputs: place.inputs, outputs: [flattened], attributes: { axis: 1 } },
      node({ ...place, inputs: [flattened] }, 'Gemm', [weightName(name), biasName(name)], { transB: 1 }),
    ],
  };
}
