import { availableParallelism, cpus } from 'node:os';

/** Milliseconds since the start of the machine, of all processors together, and of them those of this process. */
export interface ProcessorTimes {
  readonly busy: number;
  readonly idle: number;
  readonly own: number;
}

/** What the processors have done until now. */
export function processorTimes(): ProcessorTimes {
  const times = cpus().map((processor) => processor.times);
  const { user, system } = process.cpuUsage();
  return {
    busy: times.reduce((sum, each) => sum + each.user + each.nice + each.sys + each.irq, 0),
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    own: (user + system) / 1000,
  };
}

/**
 * The share of all processors that other processes used between two moments, 0 to 1. It is 0 where this process may use some
 * processors only, as nothing tells whether the others were busy on those, and where the system counts nothing.
 */
export function usedByOthers(
  begin: ProcessorTimes,
  end: ProcessorTimes,
  { usable, all } = { usable: availableParallelism(), all: cpus().length },
): number {
  const busy = end.busy - begin.busy;
  const total = busy + end.idle - begin.idle;
  if (usable < all || total <= 0) return 0;
  return Math.max(0, busy - (end.own - begin.own)) / total;
}
