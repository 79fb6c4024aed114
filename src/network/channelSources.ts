import type { ConvLayer, LayerGraph } from './graph';

/**
 * For every layer whose output channels are one convolution's filters, that convolution, by layer name. Batch norm, ReLU and
 * pooling hand channels on; an addition mixes those of several convolutions, so nothing after it shrinks with one of them.
 */
export function channelSources(graph: LayerGraph): ReadonlyMap<string, ConvLayer> {
  const sources = new Map<string, ConvLayer>();
  for (const layer of graph.layers) {
    const source = sourceOf(layer, sources);
    if (source) sources.set(layer.name, source);
  }
  return sources;
}

function sourceOf(layer: LayerGraph['layers'][number], earlier: ReadonlyMap<string, ConvLayer>): ConvLayer | undefined {
  switch (layer.kind) {
    case 'conv':
      return layer;
    case 'batchNorm':
    case 'relu':
    case 'globalAveragePool':
      return earlier.get(layer.inputs[0]!);
    case 'input':
    case 'add':
    case 'subsamplePad':
    case 'linear':
      return undefined;
  }
}
