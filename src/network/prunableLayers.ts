import { channelFlow } from './channels';
import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import { biasName, weightName } from './layers/names';
import { inferShapes } from './shapes';

/** A layer whose filters can be pruned. */
export interface PrunableLayer {
  readonly name: string;
  readonly filters: number;
  /** Name of the parameter that holds the filters. */
  readonly weight: string;
  /** Name of the parameter that holds the filters' biases, which are a part of them; null where they have none. */
  readonly bias: string | null;
  /** The batch norm that alone reads the layer; null where there is none. */
  readonly batchNorm: string | null;
}

/** The layers that are pruned, in the order of the network. */
export function prunableLayers(graph: LayerGraph): PrunableLayer[] {
  const bound = boundLayers(graph);
  return graph.layers.flatMap((layer) => {
    if (layer.kind !== 'conv' || !layer.prunable || bound.has(layer.name)) return [];
    const { name, filters } = layer;
    const bias = layer.bias ? biasName(name) : null;
    return [{ name, filters, weight: weightName(name), bias, batchNorm: batchNormAfter(graph, name) }];
  });
}

/** Why the filters of a layer cannot be pruned. */
export type Bond =
  /** They are the network's output. */
  | 'output'
  /** A layer of this name reads them that must have all of its channels. */
  | { readonly readWholeBy: string }
  /** They are factors of a product of this name, and go with what they multiply. */
  | { readonly factorsOf: string };

/** The convolutions whose filters cannot be pruned for themselves, by name, each with the reason. */
export function boundLayers(graph: LayerGraph): ReadonlyMap<string, Bond> {
  const flow = channelFlow(graph);
  const readWhole = wholeReaders(graph);
  const bound = new Map<string, Bond>();
  const bind = (from: string, bond: Bond): void => {
    for (const { sources } of flow.get(from)!)
      for (const { layer } of sources) if (!bound.has(layer)) bound.set(layer, bond);
  };
  bind(graph.layers.at(-1)!.name, 'output');
  for (const layer of graph.layers) {
    if (readWhole.has(layer.name)) bind(layer.inputs[0]!, { readWholeBy: layer.name });
    if (layer.kind === 'multiply') bind(layer.inputs[1]!, { factorsOf: layer.name });
  }
  return bound;
}

/** The layers that must have all channels of what they read, by name. */
export function wholeReaders(graph: LayerGraph): ReadonlySet<string> {
  const shapes = inferShapes(graph);
  const readers = graph.layers.filter((layer) => {
    const inputShapes = layer.inputs.map((name) => shapes.get(name)!);
    return kindOf(layer).readsAllChannels?.(layer, inputShapes) ?? false;
  });
  return new Set(readers.map(({ name }) => name));
}

function batchNormAfter(graph: LayerGraph, name: string): string | null {
  const [reader, ...others] = graph.layers.filter(({ inputs }) => inputs.includes(name));
  return reader?.kind === 'batchNorm' && others.length === 0 ? reader.name : null;
}
