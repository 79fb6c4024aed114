import type { Tensor, TensorMap } from '../formats/tensor';
import { encodeTfjs, type LayersModel } from '../formats/tfjs';
import type { Layer, Shape } from '../network/graph';
import { inferShapes } from '../network/shapes';
import { tensorNamed, type Exportable } from './exportable';
import { readsImages, withFlatLogits } from './flatLayers';
import { nonNegativeLayers } from './nonNegativeLayers';
import { kerasPart, type KerasPart } from './tfjsLayers';

/**
 * The network as a TensorFlow.js LayersModel of stock layers, channels last: images are [batch, height, width, channels],
 * weights in Keras' layouts. The names of the layers are ours. Throws a UserError when there is no stock layer for one of them.
 */
export function encodeTfjsNetwork(
  { graph: given, tensors, about }: Exportable,
  weightsFile: string,
): { model: Uint8Array; weights: Uint8Array } {
  const { graph, flat } = withFlatLogits(given, ['flatten', 'globalAveragePool', 'globalMaxPool', 'linear']);
  const place = {
    shapes: inferShapes(graph),
    flat,
    nonNegative: nonNegativeLayers(graph, tensors),
    values: (name: string) => tensorNamed(tensors, name),
  };
  const parts = graph.layers.flatMap((layer) => partsOf(layer, place));
  const model: LayersModel = {
    name: graph.name,
    layers: parts.flatMap(({ layers }) => layers),
    weights: new Map(parts.flatMap(({ weights = [] }) => weights)) satisfies TensorMap,
    generatedBy: `SFP Lab ${about.version}`,
    metadata: { ...about.metadata, title: about.title, input: about.input, classes: about.classes },
  };
  return encodeTfjs(model, weightsFile);
}

interface Place {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly flat: ReadonlySet<string>;
  readonly nonNegative: ReadonlySet<string>;
  readonly values: (name: string) => Tensor;
}

function partsOf(layer: Layer, { shapes, flat, nonNegative, values }: Place): KerasPart[] {
  const from = layer.inputs[0] ?? layer.name;
  const images = layer.inputs.map((name, index) =>
    flat.has(name) && readsImages(layer, flat)
      ? unflattened(`${layer.name}.image${index + 1}`, name, shapes.get(name)!)
      : { name, part: null },
  );
  return [
    ...images.flatMap(({ part }) => part ?? []),
    kerasPart({
      layer: { ...layer, inputs: images.map(({ name }) => name) },
      inputShape: shapes.get(from)!,
      readsFlat: flat.has(from) && !readsImages(layer, flat),
      readsNonNegative: nonNegative.has(from),
      values,
    }),
  ];
}

/** [batch, channels] as [batch, 1, 1, channels], by a layer of this name. */
function unflattened(name: string, from: string, { channels }: Shape): { name: string; part: KerasPart } {
  const config = { target_shape: [1, 1, channels] };
  return { name, part: { layers: [{ name, className: 'Reshape', config, inputs: [from] }] } };
}
