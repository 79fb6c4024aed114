import { channelSources } from './channelSources';
import type { ConvLayer, LayerGraph } from './graph';
import { keptFilters, type RateOf } from './multiplyAdds';
import { parameterSpecs, sizeOf, type ParameterSpec } from './parameters';

export interface ParameterCounts {
  /** As trained. */
  readonly dense: number;
  /** Of the compact network. */
  readonly exact: number;
}

/**
 * Trainable parameters of all layers, the classifier included. In the compact network a pruned filter takes its weights
 * and its batch-norm scale and shift with it, and the matching inputs of the next layer where inputs shrink, which is
 * decided as in `countMultiplyAdds`.
 */
export function countParameters(graph: LayerGraph, rateOf: RateOf): ParameterCounts {
  const sources = channelSources(graph);
  const layers = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const counts = { dense: 0, exact: 0 };
  for (const spec of parameterSpecs(graph)) {
    const layer = layers.get(spec.layer);
    const source = sources.get(layer?.inputs[0]!);
    counts.dense += sizeOf(spec.shape);
    counts.exact += sizeOf(compactShape(spec, layer?.kind === 'conv' ? layer : undefined, source, rateOf));
  }
  return counts;
}

function compactShape(
  { role, shape }: ParameterSpec,
  conv: ConvLayer | undefined,
  source: ConvLayer | undefined,
  rateOf: RateOf,
): readonly number[] {
  const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
  const keptInputs = (full: number) => (source ? (full / source.filters) * keptFilters(source, rateOf) : full);
  switch (role) {
    case 'convWeight':
      return [conv ? keptFilters(conv, rateOf) : outputs, keptInputs(inputs), ...kernel];
    case 'batchNormScale':
    case 'batchNormShift':
      return [keptInputs(outputs)];
    case 'denseWeight':
      return [outputs, keptInputs(inputs)];
    case 'denseBias':
      return shape;
  }
}
