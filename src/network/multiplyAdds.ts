import { filtersToPrune } from '../pruning/masks';
import { channelSources } from './channelSources';
import type { ConvLayer, LayerGraph, Shape } from './graph';
import { inferShapes } from './shapes';

/** Pruning rate of a layer by its name. */
export type RateOf = (layer: string) => number;

/** Multiply-adds of one convolution for one image; one multiply-add counts once, as the papers' FLOPs do. */
export interface LayerCount {
  readonly name: string;
  readonly filters: number;
  /** Filters that are left. */
  readonly kept: number;
  readonly dense: number;
  readonly paper: number;
  readonly exact: number;
}

export interface MultiplyAdds {
  readonly layers: LayerCount[];
  readonly dense: number;
  /** With the kept fraction 1 - rate taken without rounding, as the papers report it. */
  readonly paper: number;
  /** Of the network that can really be built, with whole filters. */
  readonly exact: number;
}

/**
 * Multiply-adds of all convolutions at the given pruning rates. A convolution's input shrinks when it comes, through
 * batch norm or ReLU, from one pruned convolution; what comes out of an addition keeps its full width.
 * Classifier, batch norm and shortcuts are not counted (SFP paper, section 3.3).
 */
export function countMultiplyAdds(graph: LayerGraph, rateOf: RateOf): MultiplyAdds {
  const shapes = inferShapes(graph);
  const sources = channelSources(graph);
  const layers = graph.layers
    .filter((layer) => layer.kind === 'conv')
    .map((conv) => {
      const input = conv.inputs[0]!;
      return countLayer(conv, shapes.get(conv.name)!, shapes.get(input)!, sources.get(input), rateOf);
    });
  const total = (count: 'dense' | 'paper' | 'exact') => layers.reduce((sum, layer) => sum + layer[count], 0);
  return { layers, dense: total('dense'), paper: withoutNoise(total('paper')), exact: total('exact') };
}

/** Kept fractions such as 0.7 are no binary numbers; their products' last digits say nothing. */
function withoutNoise(count: number): number {
  return Number(count.toPrecision(14));
}

/** Filters of a convolution that are left at these rates. */
export function keptFilters(conv: ConvLayer, rateOf: RateOf): number {
  return conv.filters - filtersToPrune(conv.filters, rate(conv, rateOf));
}

function countLayer(
  conv: ConvLayer,
  output: Shape,
  input: Shape,
  source: ConvLayer | undefined,
  rateOf: RateOf,
): LayerCount {
  const perFilterPair = output.height * output.width * conv.kernel[0] * conv.kernel[1];
  const dense = perFilterPair * input.channels * conv.filters;
  const kept = keptFilters(conv, rateOf);
  return {
    name: conv.name,
    filters: conv.filters,
    kept,
    dense,
    paper: withoutNoise(dense * (1 - rate(conv, rateOf)) * (source ? 1 - rate(source, rateOf) : 1)),
    exact: perFilterPair * kept * (source ? keptFilters(source, rateOf) : input.channels),
  };
}

function rate(conv: ConvLayer, rateOf: RateOf): number {
  return conv.prunable ? rateOf(conv.name) : 0;
}
