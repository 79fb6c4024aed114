import { networkTimes } from '../layerTimes/networkTimes';
import type { LayerGraph } from '../network/graph';
import type { MachineTimes } from '../pruning/allocation/allocate';
import { prunableOf, type Grouping } from '../pruning/groups';
import { busyNote, layerTimes, type LayerTimesOptions } from './layerTimes';

export interface MachineTimesOptions extends LayerTimesOptions {
  /** What is worth a line in the log. */
  readonly onNote: (note: string) => void;
}

/** What pruning goes by that is measured: from the cache, else measured now, in about a minute. */
export async function machineTimes(
  graph: LayerGraph,
  grouping: Grouping,
  options: MachineTimesOptions,
): Promise<MachineTimes> {
  const { table, busy } = await layerTimes(graph, options);
  if (busy) options.onNote(busyNote);
  const times = networkTimes(graph, prunableOf(graph, grouping), table);
  if (times === null) throw new Error(`The times measured for ${graph.name} lack some of its layers.`);
  return times;
}
