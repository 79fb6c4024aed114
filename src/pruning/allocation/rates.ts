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

/**
 * Whether a layer's name fits a pattern of `pruning.layers`: `*` stands for any text, of no length too, every other character
 * for itself. Pieces between stars are looked for from left to right, which needs no regular expression: one that a config
 * makes up could take for ever.
 */
export function layerMatcher(pattern: string): (layer: string) => boolean {
  const [first, ...later] = pattern.split('*') as [string, ...string[]];
  const last = later.pop();
  if (last === undefined) return (layer) => layer === pattern;
  return (layer) => {
    const end = layer.length - last.length;
    if (!layer.startsWith(first) || !layer.endsWith(last)) return false;
    let at = first.length;
    for (const piece of later) {
      const found = layer.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}
