import * as z from 'zod';

/** More runs than anybody waits for; without a limit a slip of the pen could fill the disk with run folders. */
export const mostRuns = 1000;

/** A value that a sweep gives a setting. */
const value = () => z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type SweepValue = z.output<ReturnType<typeof value>>;

/** Some settings by their dotted paths, each with one value. */
const combination = () => z.record(z.string(), value());
export type Combination = z.output<ReturnType<typeof combination>>;

const range = () =>
  z
    .strictObject({
      from: z.number().describe('The first value.'),
      to: z.number().describe('The last value.'),
      count: z.int().min(2).max(mostRuns).describe('How many values, the first and the last included.'),
      scale: z
        .enum(['linear', 'log'])
        .default('linear')
        .describe('`linear`: equal steps; `log`: equal factors, for values such as learning rates.'),
    })
    .describe('Values from one number to another, rounded to 6 digits, and to whole numbers where the setting is one.');
export const rangeSchema = z.lazy(range);
export type Range = z.output<typeof rangeSchema>;

/** The values that one setting is tried with. */
export type SweepValues = readonly SweepValue[] | Range;

/** What a sweep says beside its settings, whose paths all have a dot. */
export const sweepWords = ['repeats', 'points', 'exclude'] as const;

/** A sweep, with its settings apart from its words. */
export interface Sweep {
  /** By dotted path, in the order of the config: the grid is every combination. */
  readonly settings: Readonly<Record<string, SweepValues>>;
  /** So many seeds of every run, from `training.seed` on. */
  readonly repeats: number;
  readonly points: readonly Combination[];
  readonly exclude: readonly Combination[];
}

/** Each is compared with every combination. */
const mostExclusions = 200;

export const sweepSchema = () =>
  z
    .object({
      repeats: z
        .int()
        .min(1)
        .max(mostRuns)
        .optional()
        .describe(
          'Trains every combination so many times: with the seeds `training.seed`, the one after it, and so on. Runs of one seed have the same initial weights, split and order of images.',
        ),
      points: z
        .array(combination())
        .min(1)
        .optional()
        .describe(
          'Single runs beside the combinations, each as settings by dotted path: [{ "pruning.criterion": "fpgm", "pruning.rate": 0.4 }]. Other settings are the config’s own; one that is there already is not made twice.',
        ),
      exclude: z
        .array(combination())
        .min(1)
        .max(mostExclusions)
        .optional()
        .describe(
          'Leaves out every combination that has all of these values: [{ "pruning.criterion": "l2", "pruning.rate": 0.5 }]. Points stay.',
        ),
    })
    .catchall(z.union([z.array(value()).min(1), range()]))
    .transform(({ repeats, points, exclude, ...settings }): Sweep => ({
      settings,
      repeats: repeats ?? 1,
      points: points ?? [],
      exclude: exclude ?? [],
    }))
    .describe(
      'Settings by dotted path, each with the values to try, as a list or as a range; every combination is one run: { "pruning.criterion": ["l1", "l2"], "pruning.rate": { "from": 0.1, "to": 0.5, "count": 5 } }.',
    );
