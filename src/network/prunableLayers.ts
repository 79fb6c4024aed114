import type { LayerGraph } from './graph';
import { weightName } from './layers/names';

/** A layer whose filters can be pruned. */
export interface PrunableLayer {
  readonly name: string;
  readonly filters: number;
  /** Name of the parameter that holds the filters. */
  readonly weight: string;
  /** The batch norm that alone reads the layer; null where there is none. */
  readonly batchNorm: string | null;
}

/** The layers that are pruned, in the order of the network. */
export function prunableLayers(graph: LayerGraph): PrunableLayer[] {
  return graph.layers.flatMap((layer) => {
    if (layer.kind !== 'conv' || !layer.prunable) return [];
    const { name, filters } = layer;
    return [{ name, filters, weight: weightName(name), batchNorm: batchNormAfter(graph, name) }];
  });
}

function batchNormAfter(graph: LayerGraph, name: string): string | null {
  const [reader, ...others] = graph.layers.filter(({ inputs }) => inputs.includes(name));
  return reader?.kind === 'batchNorm' && others.length === 0 ? reader.name : null;
}
