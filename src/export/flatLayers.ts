import type { Layer, LayerGraph } from '../network/graph';
import { flatten } from '../network/layers';

/** Kinds whose layers read images, [batch, channels, height, width], also where height and width are 1. */
const needImages: ReadonlySet<Layer['kind']> = new Set([
  'averagePool',
  'channelScatter',
  'conv',
  'globalAveragePool',
  'globalMaxPool',
  'maxPool',
  'pad',
  'subsamplePad',
]);

/** A network and the names of its layers whose output is [batch, channels] in a file format. */
export interface FlatNetwork {
  readonly graph: LayerGraph;
  readonly flat: ReadonlySet<string>;
}

/**
 * The network with its logits as [batch, channels]: where the last layer gives images, another one flattens them. Layers of the
 * kinds `droppedBy` drop height and width in the file format; what works on values or channels leaves them dropped.
 */
export function withFlatLogits(graph: LayerGraph, droppedBy: readonly Layer['kind'][]): FlatNetwork {
  const flat = flatLayers(graph, droppedBy);
  const last = graph.layers.at(-1)!.name;
  if (flat.has(last)) return { graph, flat };
  const end = flatten(freeName(`${last}.flattened`, graph), last);
  return { graph: { ...graph, layers: [...graph.layers, end] }, flat: new Set([...flat, end.name]) };
}

function flatLayers({ layers }: LayerGraph, droppedBy: readonly Layer['kind'][]): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const { kind, name, inputs } of layers) {
    const keepsForm = inputs.length > 0 && !needImages.has(kind);
    if (droppedBy.includes(kind) || (keepsForm && inputs.every((input) => flat.has(input)))) flat.add(name);
  }
  return flat;
}

/** Whether what a layer reads must be images: where it is [batch, channels], height and width of 1 have to be put back. */
export function readsImages({ kind, name }: Layer, flat: ReadonlySet<string>): boolean {
  return needImages.has(kind) || !flat.has(name);
}

function freeName(wanted: string, { layers }: LayerGraph): string {
  const taken = new Set(layers.map(({ name }) => name));
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
  return name;
}
