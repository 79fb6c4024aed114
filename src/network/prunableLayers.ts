import type { LayerGraph } from './graph';

/** The layers that are pruned, in the order of the network, with the parameter that holds their filters. */
export function prunableLayers(graph: LayerGraph): { name: string; filters: number; weight: string }[] {
  return graph.layers.flatMap((layer) =>
    layer.kind === 'conv' && layer.prunable
      ? [{ name: layer.name, filters: layer.filters, weight: `${layer.name}.weight` }]
      : [],
  );
}
