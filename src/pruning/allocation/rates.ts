import picomatch from 'picomatch/posix';

/** Rates as a config gives them. */
export interface LayerRates {
  /** Fraction of the filters that is pruned. */
  readonly rate: number;
  /** Other rates, by patterns of layer names. */
  readonly layers: Readonly<Record<string, { readonly rate: number }>>;
}

/** Pruning rate of a layer by its name. */
export type RateOf = (layer: string) => number;

/**
 * The pruning rate of a layer by its name: that of the last pattern in `pruning.layers` that matches it, else `pruning.rate`.
 * In a pattern `*` stands for any part of a name.
 */
export function rateOf({ rate, layers }: LayerRates): RateOf {
  const exceptions = Object.entries(layers).map(([pattern, { rate: other }]) => ({
    matches: layerMatcher(pattern),
    rate: other,
  }));
  return (layer) => exceptions.findLast(({ matches }) => matches(layer))?.rate ?? rate;
}

/** Whether a layer's name fits a pattern of `pruning.layers`. */
export function layerMatcher(pattern: string): (layer: string) => boolean {
  const matches = picomatch(pattern, { dot: true });
  // picomatch's own function takes a second argument: as a callback of `filter` it would not give a boolean.
  return (layer) => matches(layer);
}
