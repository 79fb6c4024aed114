import * as z from 'zod';
import { visibleText } from '../../base/visibleText';

/** A way to divide the CPUs of a machine: so many runs at once, with so many threads each. */
export interface Split {
  readonly runs: number;
  readonly threads: number;
}

/** What was measured of one: of all its runs together. */
export const measuredSplitSchema = z.object({
  runs: z.int().min(1),
  threads: z.int().min(1),
  imagesPerSecond: z.number().positive(),
  /** The most memory that one of its processes had, without its images. */
  peakBytes: z.number().positive(),
});
export type MeasuredSplit = z.infer<typeof measuredSplitSchema>;

const text = z.string().overwrite(visibleText);

/** What was measured of all that are worth it, with one network. */
export const splitTableSchema = z.object({
  /** Of the engine: `onnxruntime on the CPU`. */
  title: text,
  network: text,
  batchSize: z.int(),
  cores: z.int(),
  /** One run after another first. */
  splits: z.tuple([measuredSplitSchema], measuredSplitSchema),
  /** ISO 8601, UTC. */
  measured: z.string(),
});
export type SplitTable = z.infer<typeof splitTableSchema>;

/** Memory that is left to others. */
const sparedShare = 0.1;

/**
 * The ways that are worth measuring, one run after another first: a thread for each core, divided evenly; where a config sets its
 * threads, with these alone.
 */
export function splitsOf(cores: number, ownThreads: number | null): Split[] {
  if (ownThreads !== null) {
    const most = Math.floor(cores / ownThreads);
    return [{ runs: 1, threads: ownThreads }, ...(most > 1 ? [{ runs: most, threads: ownThreads }] : [])];
  }
  const divisors = Array.from({ length: cores }, (_, index) => index + 1).filter((runs) => cores % runs === 0);
  return divisors.map((runs) => ({ runs, threads: cores / runs }));
}

/** How many runs fit into memory, at least one. `bytes` is what one needs. */
export function mostInMemory(freeBytes: number, bytes: number): number {
  return Math.max(1, Math.floor(((1 - sparedShare) * freeBytes) / bytes));
}

/**
 * A way with fewer runs where the one does not fit into memory: their threads are more. Null where all are one run after another.
 */
export function fittedSplit(split: Split, cores: number, most: number): Split | null {
  if (split.runs <= most) return split;
  return most > 1 ? { runs: most, threads: Math.max(split.threads, Math.floor(cores / most)) } : null;
}

/** The fastest of those that fit into memory; one run after another, which is the first, always does. */
export function bestSplit(
  [single, ...others]: SplitTable['splits'],
  freeBytes: number,
  imageBytes: number,
): MeasuredSplit {
  const fitting = others.filter(({ runs, peakBytes }) => runs <= mostInMemory(freeBytes, peakBytes + imageBytes));
  return fitting.reduce((best, each) => (each.imagesPerSecond > best.imagesPerSecond ? each : best), single);
}
