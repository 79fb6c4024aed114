import { encodeOnnx, type OnnxModel, type OnnxValue } from '../formats/onnx/model';
import type { OnnxNode } from '../formats/onnx/protoParts';
import type { TensorMap } from '../formats/tensor';
import type { Layer, LayerGraph, Shape } from '../network/graph';
import { imageShape, inferShapes } from '../network/shapes';
import { fullMetadata, tensorNamed, valuesOf, type Exportable } from './exportable';
import { readsImages, withFlatLogits, type FlatNetwork } from './flatLayers';
import { onnxPart, type OnnxPart } from './onnxLayers';

/** Names of the model's one input, [batch, channels, height, width], and its one output, [batch, classes]. */
export const onnxNames = { images: 'images', logits: 'logits' } as const;

/**
 * The network in evaluation mode as the bytes of an ONNX file, float32, batch of any size. Weights keep PyTorch's names and
 * layouts, nodes those of the layers. Batch normalisation stays a node of its own, which runtimes fold into the convolution;
 * dropout, which does nothing in evaluation, is left out.
 */
export function encodeOnnxNetwork({ graph, tensors, about }: Exportable): Uint8Array {
  return encodeOnnx(onnxModel({ graph, tensors, about }));
}

function onnxModel({ graph: given, tensors, about }: Exportable): OnnxModel {
  const network = withFlatLogits(given, ['linear', 'flatten']);
  const { graph } = network;
  const shapes = inferShapes(graph);
  const names = tensorNames(graph);
  const padded = new Set(graph.layers.flatMap(({ kind, name }) => (kind === 'pad' ? [names.get(name)!] : [])));
  const parts = graph.layers.flatMap((layer) => partsOf(layer, { ...network, shapes, names, padded, tensors }));
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
    between: valuesBetween(network, shapes, names),
    nodes,
    weights: new Map([...readWeights(nodes, tensors), ...constants]),
    integers: new Map(parts.flatMap((part) => [...(part.integers ?? [])])),
  };
}

/** The tensor that holds a layer's output, by the layer's name; dropout's is that of what it reads. */
function tensorNames({ layers }: LayerGraph): ReadonlyMap<string, string> {
  const inputs = new Map(layers.map((layer) => [layer.name, layer.kind === 'dropout' ? layer.inputs[0]! : null]));
  const computed = (name: string): string => {
    const input = inputs.get(name);
    return input ? computed(input) : name;
  };
  const last = computed(layers.at(-1)!.name);
  const input = layers.find(({ kind }) => kind === 'input')!.name;
  const ends = new Map<string, string>([
    [last, onnxNames.logits],
    [input, onnxNames.images],
  ]);
  return new Map(layers.map(({ name }) => [name, ends.get(computed(name)) ?? computed(name)]));
}

interface Place extends FlatNetwork {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly names: ReadonlyMap<string, string>;
  /** Tensors that hold images with zeros around them. */
  readonly padded: ReadonlySet<string>;
  readonly tensors: TensorMap;
}

function partsOf(layer: Layer, { flat, shapes, names, padded, tensors }: Place): OnnxPart[] {
  if (layer.kind === 'input' || layer.kind === 'dropout') return [];
  const images = layer.inputs.map((name, index) =>
    flat.has(name) && readsImages(layer, flat)
      ? unflattened(`${layer.name}.image${index + 1}`, names.get(name)!)
      : { name: names.get(name)!, part: null },
  );
  return [
    ...images.flatMap(({ part }) => part ?? []),
    onnxPart({
      layer,
      inputs: images.map(({ name }) => name),
      inputShape: shapes.get(layer.inputs[0]!)!,
      flat: flat.has(layer.name),
      output: names.get(layer.name)!,
      readsPadded: padded.has(names.get(layer.inputs[0]!)!),
      values: (name) => tensorNamed(tensors, name),
    }),
  ];
}

/** [batch, channels] as [batch, channels, 1, 1], in a tensor of this name. */
function unflattened(name: string, from: string): { name: string; part: OnnxPart } {
  const axes = `${name}.axes`;
  const nodes = [{ name, operator: 'Unsqueeze', inputs: [from, axes], outputs: [name] }];
  return { name, part: { nodes, integers: new Map([[axes, [2, 3]]]) } };
}

/** The weights that the nodes read, in the order of the nodes. */
function readWeights(nodes: readonly OnnxNode[], tensors: TensorMap): TensorMap {
  return new Map(
    nodes.flatMap(({ inputs }) => inputs.filter((name) => tensors.has(name)).map((name) => [name, tensors.get(name)!])),
  );
}

/** Names and shapes of the activations between images and logits; after a linear layer they are [batch, channels]. */
function valuesBetween(
  { graph, flat }: FlatNetwork,
  shapes: ReadonlyMap<string, Shape>,
  names: ReadonlyMap<string, string>,
): OnnxValue[] {
  return graph.layers.flatMap(({ kind, name }) => {
    const tensor = names.get(name)!;
    if (kind === 'input' || kind === 'dropout' || tensor === onnxNames.logits) return [];
    const { channels, height, width } = shapes.get(name)!;
    return [{ name: tensor, extents: flat.has(name) ? ['batch', channels] : ['batch', channels, height, width] }];
  });
}
