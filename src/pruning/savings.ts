import { countMultiplyAdds, countParameters, fullWidths, multiplyAddsByLayer, type Widths } from '../network/cost';
import type { LayerGraph } from '../network/graph';
import { maskedWidths, widthForecast } from './forecast';
import type { Prunable } from './groups';
import type { Masks } from './select';

/** Multiply-adds of a network for one image; one multiply-add counts once, as the papers' FLOPs do. */
export interface MultiplyAdds {
  readonly dense: number;
  /** With the kept fraction 1 - rate taken without rounding, as the papers report it. */
  readonly paper: number;
  /** Of the network that can be built, with whole filters. */
  readonly exact: number;
}

/** Trainable parameters as trained and of the network that can be built. */
export interface ParameterCounts {
  readonly dense: number;
  readonly exact: number;
}

export interface Savings {
  readonly multiplyAdds: MultiplyAdds;
  readonly parameters: ParameterCounts;
}

/** What masks really save: `exact` counts the channels that are left after them; `paper` is that of a forecast. */
export function maskedSavings(graph: LayerGraph, masks: Masks, paper: number): Savings {
  return savingsAt(graph, maskedWidths(graph, masks), paper);
}

/**
 * What will be saved when each pool keeps so many of its groups; `paper` goes by kept groups that need not be whole numbers.
 */
export function forecastSavings(graph: LayerGraph, prunable: Prunable, kept: Kept): Savings {
  const widthsAt = widthForecast(graph, prunable);
  const paper = withoutNoise(countMultiplyAdds(graph, widthsAt(kept.paper)));
  return savingsAt(graph, widthsAt(kept.exact), paper);
}

/** Kept groups of each pool. */
export interface Kept {
  /** By the rate alone, without rounding. */
  readonly paper: readonly number[];
  readonly exact: readonly number[];
}

/** The multiply-adds of one convolution, as in `MultiplyAdds`. */
export interface LayerCount extends MultiplyAdds {
  readonly name: string;
  readonly filters: number;
  /** Filters that are left. */
  readonly kept: number;
}

/** A forecast layer by layer. */
export function forecastByLayer(graph: LayerGraph, prunable: Prunable, kept: Kept): LayerCount[] {
  const full = fullWidths(graph);
  const widthsAt = widthForecast(graph, prunable);
  const exactWidths = widthsAt(kept.exact);
  const paper = multiplyAddsByLayer(graph, widthsAt(kept.paper));
  const exact = multiplyAddsByLayer(graph, exactWidths);
  return [...multiplyAddsByLayer(graph, full)].map(([name, dense]) => ({
    name,
    filters: full.get(name)!,
    kept: Math.round(exactWidths.get(name)!),
    dense,
    paper: withoutNoise(paper.get(name)!),
    exact: withoutNoise(exact.get(name)!),
  }));
}

/** What masks leave of one convolution. */
export interface MaskedCount {
  readonly filters: number;
  readonly keptFilters: number;
  /** Channels that it reads. */
  readonly inputs: number;
  readonly leftInputs: number;
  /** Multiply-adds for one image, as in `MultiplyAdds`. */
  readonly dense: number;
  readonly exact: number;
}

/** What masks leave of every layer that papers count, by its name: fewer filters of its own, and fewer channels to read. */
export function maskedByLayer(graph: LayerGraph, masks: Masks): ReadonlyMap<string, MaskedCount> {
  const [full, left] = [fullWidths(graph), maskedWidths(graph, masks)];
  const [dense, exact] = [multiplyAddsByLayer(graph, full), multiplyAddsByLayer(graph, left)];
  const inputOf = new Map(graph.layers.map(({ name, inputs }) => [name, inputs[0]!]));
  return new Map(
    [...dense].map(([name, count]): [string, MaskedCount] => {
      const input = inputOf.get(name)!;
      const channels = { inputs: full.get(input)!, leftInputs: left.get(input)! };
      const filters = { filters: full.get(name)!, keptFilters: left.get(name)! };
      return [name, { ...filters, ...channels, dense: count, exact: exact.get(name)! }];
    }),
  );
}

function savingsAt(graph: LayerGraph, widths: Widths, paper: number): Savings {
  const full = fullWidths(graph);
  return {
    multiplyAdds: {
      dense: countMultiplyAdds(graph, full),
      paper,
      exact: withoutNoise(countMultiplyAdds(graph, widths)),
    },
    parameters: { dense: countParameters(graph, full), exact: withoutNoise(countParameters(graph, widths)) },
  };
}

/** Kept fractions such as 0.7 are no binary numbers; their products' last digits say nothing. */
function withoutNoise(count: number): number {
  return Number(count.toPrecision(14));
}
