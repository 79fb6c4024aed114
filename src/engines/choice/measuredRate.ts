import * as z from 'zod';

/** How fast an engine trains, and how far that can be trusted. */
export const measuredRateSchema = z.object({
  /** Of the median step. */
  imagesPerSecond: z.number().positive(),
  /** The same of the slowest and of the fastest part of the measurement: how steady it was. */
  slowestRound: z.number().positive(),
  fastestRound: z.number().positive(),
  /** The share of the machine's processors that other processes used meanwhile, 0 to 1. */
  usedByOthers: z.number().min(0),
});
export type MeasuredRate = z.infer<typeof measuredRateSchema>;

/** The training steps of one process that measured beside others. */
export const stepTimesSchema = z.object({
  /** Milliseconds since 1970, when the first step began; each begins when the one before has ended. */
  begin: z.number(),
  /** Milliseconds. */
  durations: z.array(z.number().positive()).min(1).max(1_000_000),
  /** The most memory that the process has had. */
  peakBytes: z.number().positive(),
  /** What the process has used of all processors, since it was started. */
  processorMilliseconds: z.number().min(0),
});
export type StepTimes = z.infer<typeof stepTimesSchema>;

/** On a quiet machine the rounds differ by less. */
const steadyRatio = 1.25;
/** Of all processors; what runs unnoticed in the background needs less. */
export const toleratedShare = 0.25;

/** Whether other programs had such a part in a measurement that a quiet moment may give another one. */
export function wasDisturbed({ slowestRound, fastestRound, usedByOthers }: MeasuredRate): boolean {
  return usedByOthers > toleratedShare || fastestRound > steadyRatio * slowestRound;
}
