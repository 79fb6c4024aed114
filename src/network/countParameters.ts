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
  const inputs = new Map(graph.layers.map((layer) => [layer.name, layer.inputs[0] ?? '']));
  const counts = { dense: 0, exact: 0 };
  for (const spec of parameterSpecs(graph)) {
    const compact = compactShape(spec, sources.get(spec.layer), sources.get(inputs.get(spec.layer) ?? ''), rateOf);
    counts.dense += sizeOf(spec.shape);
    counts.exact += sizeOf(compact);
  }
  return counts;
}

/** `output` and `input` are the convolutions whose filters are the layer's output and input channels, if there is such a one. */
function compactShape(
  { role, shape }: ParameterSpec,
  output: ConvLayer | undefined,
  input: ConvLayer | undefined,
  rateOf: RateOf,
): readonly number[] {
  const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
  const keptOutputs = output ? keptFilters(output, rateOf) : outputs;
  switch (role) {
    case 'convWeight':
      return [keptOutputs, keptInputs(inputs, input, rateOf), ...kernel];
    case 'batchNormScale':
    case 'batchNormShift':
      return [keptOutputs];
    case 'linearWeight':
      return [outputs, keptInputs(inputs, input, rateOf)];
    case 'linearBias':
      return shape;
  }
}

/** A linear layer has several inputs for each channel when its input is not pooled to one pixel. */
function keptInputs(inputs: number, source: ConvLayer | undefined, rateOf: RateOf): number {
  return source ? (inputs / source.filters) * keptFilters(source, rateOf) : inputs;
}
