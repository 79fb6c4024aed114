import { cpus } from 'node:os';

/** For people: `CPU (AMD EPYC, 2 threads)`. */
export function cpuText(threads: number): string {
  return `CPU (${cpus()[0]?.model.trim() ?? process.arch}, ${threads} ${threads === 1 ? 'thread' : 'threads'})`;
}
