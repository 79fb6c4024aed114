import { fullWidths } from '../network/cost';
import type { LayerGraph } from '../network/graph';
import type { MachineTimes } from '../pruning/allocation/allocate';
import { widthForecast } from '../pruning/forecast';
import type { Prunable } from '../pruning/groups';

/** Milliseconds of a forward pass, forecast from times of layers that were measured on this machine. */
export interface LatencyForecast {
  readonly dense: number;
  readonly pruned: number;
}

/** What a network takes dense, and when its pools keep so many of their groups. */
export function latencyForecast(
  graph: LayerGraph,
  prunable: Prunable,
  kept: readonly number[],
  times: MachineTimes,
): LatencyForecast {
  return {
    dense: 1000 * times.secondsAt(fullWidths(graph)),
    pruned: 1000 * times.secondsAt(widthForecast(graph, prunable)(kept)),
  };
}
