import { encodeOnnx, type OnnxModel, type OnnxValue } from '../formats/onnx/model';
import type { Attributes, OnnxNode } from '../formats/onnx/protoParts';
import type { Tensor, TensorMap } from '../formats/tensor';
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
import { fullMetadata, tensorNamed, valuesOf, type Exportable } from './exportable';
import { flatLayers } from './flatLayers';
import { fillElsewhere, inPlace, placement } from './placement';

/** Names of the model's one input, [batch, channels, height, width], and its one output, [batch, classes]. */
export const onnxNames = { images: 'images', logits: 'logits' } as const;

/** The nodes that a layer is written as. */
interface Part {
  readonly nodes: readonly OnnxNode[];
  /** Constants that the nodes read and that the network's weights do not contain, by name. */
  readonly constants?: ReadonlyMap<string, Tensor>;
}

interface LayerPlace<L extends Layer> {
  readonly layer: L;
  /** Tensors that the layer reads. */
  readonly inputs: readonly string[];
  readonly inputShape: Shape;
  /** The tensor that holds the layer's output. */
  readonly output: string;
}

/**
 * The network in evaluation mode as the bytes of an ONNX file, float32, batch of any size. Weights keep PyTorch's names and
 * layouts, nodes those of the layers. Batch normalisation stays a node of its own, which runtimes fold into the convolution.
 */
export function encodeOnnxNetwork({ graph, tensors, about }: Exportable): Uint8Array {
  return encodeOnnx(onnxModel({ graph, tensors, about }));
}

function onnxModel({ graph, tensors, about }: Exportable): OnnxModel {
  const shapes = inferShapes(graph);
  const names = tensorNames(graph);
  const parts = graph.layers.flatMap((layer) => {
    if (layer.kind === 'input') return [];
    const inputs = layer.inputs.map((name) => names.get(name)!);
    return [
      partOf({ layer, inputs, inputShape: shapes.get(layer.inputs[0]!)!, output: names.get(layer.name)! }, tensors),
    ];
  });
  const nodes = parts.flatMap((part) => part.nodes);
  const constants = new Map(parts.flatMap((part) => [...(part.constants ?? [])]));
  const last = graph.layers.at(-1)!;
  const { channels, height, width } = imageShape(graph);
  return {
    name: graph.name,
    description: `${about.title}. Reads normalised images: ((${valuesOf(about.input)}) - mean) / std by channel, see the metadata.`,
    producer: { name: 'SFP Lab', version: about.version },
    metadata: fullMetadata(about),
    inputs: [{ name: onnxNames.images, extents: ['batch', channels, height, width] }],
    outputs: [{ name: onnxNames.logits, extents: ['batch', shapes.get(last.name)!.channels] }],
    between: valuesBetween(graph, shapes, names),
    nodes,
    weights: new Map([...readWeights(nodes, tensors), ...constants]),
    integers: new Map(),
  };
}

/** The tensor that holds a layer's output, by the layer's name. */
function tensorNames({ layers }: LayerGraph): ReadonlyMap<string, string> {
  const last = layers.at(-1);
  return new Map(
    layers.map((layer) => {
      const ofEnds = layer.kind === 'input' ? onnxNames.images : layer === last ? onnxNames.logits : null;
      return [layer.name, ofEnds ?? layer.name];
    }),
  );
}

/** The weights that the nodes read, in the order of the nodes. */
function readWeights(nodes: readonly OnnxNode[], tensors: TensorMap): TensorMap {
  return new Map(
    nodes.flatMap(({ inputs }) => inputs.filter((name) => tensors.has(name)).map((name) => [name, tensors.get(name)!])),
  );
}

/** Names and shapes of the activations between images and logits; after a linear layer they are [batch, channels]. */
function valuesBetween(
  graph: LayerGraph,
  shapes: ReadonlyMap<string, Shape>,
  names: ReadonlyMap<string, string>,
): OnnxValue[] {
  const flat = flatLayers(graph, ['linear']);
  return graph.layers.slice(0, -1).flatMap((layer) => {
    if (layer.kind === 'input') return [];
    const { channels, height, width } = shapes.get(layer.name)!;
    const extents = flat.has(layer.name) ? ['batch', channels] : ['batch', channels, height, width];
    return [{ name: names.get(layer.name)!, extents }];
  });
}

function partOf(place: LayerPlace<Exclude<Layer, { kind: 'input' }>>, tensors: TensorMap): Part {
  const { layer } = place;
  switch (layer.kind) {
    case 'conv':
      return conv({ ...place, layer });
    case 'batchNorm':
      return batchNorm({ ...place, layer });
    case 'relu':
      return { nodes: [node(place, 'Relu')] };
    case 'add':
      return add(place);
    case 'subsamplePad':
      return subsamplePad({ ...place, layer });
    case 'channelScatter':
      return channelScatter({ ...place, layer }, tensorNamed(tensors, fillName(layer.name)));
    case 'globalAveragePool':
      return { nodes: [node(place, 'GlobalAveragePool')] };
    case 'linear':
      return linear({ ...place, layer });
  }
}

/** A node that is named after its layer, reads what the layer reads and then `more`. */
function node(
  { layer, inputs, output }: LayerPlace<Layer>,
  operator: string,
  more: readonly string[] = [],
  attributes: Attributes = {},
): OnnxNode {
  return { name: layer.name, operator, inputs: [...inputs, ...more], outputs: [output], attributes };
}

function conv(place: LayerPlace<ConvLayer>): Part {
  const { name, kernel, stride, padding } = place.layer;
  const attributes = {
    kernel_shape: kernel,
    strides: [stride, stride],
    pads: [padding, padding, padding, padding],
  };
  return { nodes: [node(place, 'Conv', [weightName(name)], attributes)] };
}

function batchNorm(place: LayerPlace<BatchNormLayer>): Part {
  const { name, epsilon, momentum } = place.layer;
  const vectors = [weightName(name), biasName(name), runningMeanName(name), runningVarianceName(name)];
  // In ONNX, momentum is the share of the running value that is kept.
  const attributes = { epsilon: { float: epsilon }, momentum: { float: 1 - momentum } };
  return { nodes: [node(place, 'BatchNormalization', vectors, attributes)] };
}

/** ONNX's Add takes two inputs, so more of them are a chain. */
function add({ layer, inputs, output }: LayerPlace<Layer>): Part {
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

/**
 * A pooling of single pixels takes every `stride`-th, and where channels are appended a convolution of 1x1 does both. Slice
 * and Pad would say it more plainly, but they leave onnxruntime's blocked layout: a ResNet-56 took 7 % longer (docs/exports.md).
 */
function subsamplePad(place: LayerPlace<SubsamplePadLayer>): Part {
  const { layer, inputShape } = place;
  const { channels } = inputShape;
  const size = { kernel_shape: [1, 1], strides: [layer.stride, layer.stride] };
  if (layer.appendedChannels === 0) return { nodes: [node(place, 'MaxPool', [], size)] };
  return pointwise(place, placement(channels + layer.appendedChannels, inPlace(channels)), [], size);
}

/** For the same reason not Gather, with which a narrow ResNet-56 took 20 % longer. */
function channelScatter(place: LayerPlace<ChannelScatterLayer>, fill: Tensor): Part {
  const { name, channels, positions } = place.layer;
  const bias = [fillName(name), fillElsewhere(fill, positions)] as const;
  const { nodes, constants } = pointwise(place, placement(channels, positions), [bias[0]], { kernel_shape: [1, 1] });
  return { nodes, constants: new Map([...(constants ?? []), bias]) };
}

/** A convolution of 1x1 with constant weights [outputs, inputs]. */
function pointwise(place: LayerPlace<Layer>, matrix: Tensor, more: readonly string[], attributes: Attributes): Part {
  const name = `${place.layer.name}.placement`;
  const constants = new Map([[name, { shape: [...matrix.shape, 1, 1], data: matrix.data }]]);
  return { nodes: [node(place, 'Conv', [name, ...more], attributes)], constants };
}

function linear(place: LayerPlace<LinearLayer>): Part {
  const { name } = place.layer;
  const flattened = `${name}.flattened`;
  return {
    nodes: [
      { name: flattened, operator: 'Flatten', inputs: place.inputs, outputs: [flattened], attributes: { axis: 1 } },
      node({ ...place, inputs: [flattened] }, 'Gemm', [weightName(name), biasName(name)], { transB: 1 }),
    ],
  };
}
