import type { LayerGraph } from './graph';
import { weightName } from './layers/names';

/** A layer whose filters can be pruned; `weight` names the parameter that holds them. */
export interface PrunableLayer {
  readonly name: string;
  readonly filters: number;
  readonly weight: string;
}

/** The layers that are pruned, in the order of the network. */
export function prunableLayers(graph: LayerGraph): PrunableLayer[] {
  return graph.layers.flatMap((layer) =>
    layer.kind === 'conv' && layer.prunable
      ? [{ name: layer.name, filters: layer.filters, weight: weightName(layer.name) }]
      : [],
  );
}
