import * as z from 'zod';
import { evaluationSchema } from '../model/format';

/** What the steps of an epoch have come to so far. */
export const epochTotalsSchema = z.object({
  steps: z.int(),
  images: z.int(),
  /** Summed over the images. */
  loss: z.number(),
  correct: z.int(),
  seconds: z.number(),
  /** Losses of the first 20 steps. */
  firstLosses: z.array(z.number()).readonly(),
});
export type EpochTotals = Readonly<z.infer<typeof epochTotalsSchema>>;

/** The totals at the beginning of an epoch. */
export const noSteps: EpochTotals = { steps: 0, images: 0, loss: 0, correct: 0, seconds: 0, firstLosses: [] };

/** What an epoch has come to before its end. */
export const partialEpochSchema = z.object({
  trained: epochTotalsSchema,
  /** Validation before the pruning of this epoch, once it is made; null without a validation part. */
  before: evaluationSchema.nullable().optional(),
  /** Whether the pruning of this epoch is done; older versions of SFP Lab did not write it. */
  prunedAtEnd: z.boolean().optional(),
});
export type PartialEpoch = z.infer<typeof partialEpochSchema>;
