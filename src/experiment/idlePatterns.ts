import type { RunConfig } from '../config/schema';
import type { LayerGraph } from '../network/graph';
import { prunableLayers } from '../network/prunableLayers';
import { layerMatcher } from '../pruning/allocation/rates';

/** The patterns of `pruning.layers` that match no prunable layer of any of these networks: most likely slips of the pen. */
export function idlePatterns({ layers }: RunConfig['pruning'], graphs: readonly LayerGraph[]): string[] {
  const names = graphs.flatMap((graph) => prunableLayers(graph).map(({ name }) => name));
  return Object.keys(layers).filter((pattern) => !names.some(layerMatcher(pattern)));
}
