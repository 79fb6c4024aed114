import picomatch from 'picomatch/posix';
import type { RunConfig } from '../config/schema';

/**
 * The pruning rate of a layer by its name: that of the last pattern in `pruning.layers` that matches it, else `pruning.rate`.
 * In a pattern `*` stands for any part of a name.
 */
export function rateOf(pruning: RunConfig['pruning']): (layer: string) => number {
  const exceptions = Object.entries(pruning.layers).map(([pattern, { rate }]) => ({
    matches: layerMatcher(pattern),
    rate,
  }));
  return (layer) => exceptions.findLast(({ matches }) => matches(layer))?.rate ?? pruning.rate;
}

/** Whether a layer's name fits a pattern of `pruning.layers`. */
export function layerMatcher(pattern: string): (layer: string) => boolean {
  const matches = picomatch(pattern, { dot: true });
  // picomatch's own function takes a second argument: as a callback of `filter` it would not give a boolean.
  return (layer) => matches(layer);
}
