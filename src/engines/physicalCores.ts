import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/**
 * Number of physical cores this process may use. Two threads on one core only get in each other's way in dense arithmetic.
 * Linux tells which processors share a core; elsewhere every available processor counts as one.
 */
export async function physicalCores(): Promise<number> {
  const processors = availableParallelism();
  try {
    return Math.max(1, Math.min(processors, distinctCores(await readFile('/proc/cpuinfo', 'utf8'))));
  } catch {
    return processors;
  }
}

/** Pairs of socket and core in the text of /proc/cpuinfo; Infinity where it does not tell (ARM, some virtual machines). */
export function distinctCores(cpuinfo: string): number {
  const cores = new Set<string>();
  for (const processor of cpuinfo.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}\\s*: (\\d+)$`, 'm').exec(processor)?.[1];
    const [socket, core] = [field('physical id'), field('core id')];
    if (socket !== undefined && core !== undefined) cores.add(`${socket}:${core}`);
  }
  return cores.size > 0 ? cores.size : Infinity;
}
