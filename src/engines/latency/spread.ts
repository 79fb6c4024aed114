import * as z from 'zod';

/** Seconds of something that was done many times. */
export const spreadSchema = z.object({
  runs: z.int().min(1),
  lowest: z.number(),
  lowerQuartile: z.number(),
  median: z.number(),
  upperQuartile: z.number(),
  highest: z.number(),
});
export type Spread = z.infer<typeof spreadSchema>;

/** Quantiles of durations, between neighbours by linear interpolation (definition 7 of Hyndman and Fan, 1996). */
export function spreadOf(durations: readonly number[]): Spread {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (fraction: number): number => {
    const place = fraction * (sorted.length - 1);
    const below = Math.floor(place);
    const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
    return low + (place - below) * (high - low);
  };
  return {
    runs: sorted.length,
    lowest: at(0),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    highest: at(1),
  };
}
