import * as z from 'zod';
import { evaluationSchema, runProcessSchema } from './format';

/** `sensitivity.json` of a run folder: how accuracy falls when the filters of one layer, or coupled group of layers, are pruned. */

const pointSchema = z.object({
  /** Fraction of the pool's groups that is pruned, those that were pruned before included. */
  rate: z.number().min(0).lt(1),
  /** How many groups that is. */
  pruned: z.int().min(0),
  /** Null where the loss was no finite number. */
  loss: z.number().nullable(),
  accuracy: z.number().min(0).max(1),
});

const poolSchema = z.lazy(() =>
  z.object({
    /** Of its first layer. */
    name: z.string(),
    layers: z.array(z.string()).min(1),
    /** Filters that are ranked among each other, or groups of them that go together. */
    groups: z.int().min(1),
    /** Those that the checkpoint has pruned already: no rate prunes fewer. */
    prunedBefore: z.int().min(0),
    /** By ascending rate. */
    points: z.array(pointSchema).min(1),
  }),
);
export type PoolSensitivity = z.infer<typeof poolSchema>;

/** What was measured; figures of another subject are worth nothing to it. */
const subjectSchema = z.lazy(() =>
  z.object({
    /** A checkpoint by its folder, `epoch-0012`, or the weights that a config names. */
    weights: z.string(),
    /** SHA-256 of all parameters and running statistics. */
    sha256: z.string(),
    criterion: z.string(),
    /** Where the criterion needs gradients: the epoch of the pruning whose recorded scores rank the filters. */
    scoresOfEpoch: z.int().nullable(),
    groups: z.enum(['independent', 'coupled']),
    batchNorm: z.enum(['keep', 'zero']),
    rates: z.array(z.number()).min(1),
    /** Images of the validation part. */
    images: z.int().min(1),
  }),
);
export type SensitivitySubject = z.infer<typeof subjectSchema>;

/** How far two criteria agree on the filters of each layer that the weights have not pruned. */
const agreementSchema = z.lazy(() =>
  z.object({
    a: z.string(),
    b: z.string(),
    layers: z.array(
      z.object({
        name: z.string(),
        /** That are not pruned. */
        filters: z.int().min(1),
        /** That each criterion would prune next. */
        pruned: z.int().min(0),
        /** Spearman's, of the scores; null where it is not defined. */
        rankCorrelation: z.number().nullable(),
        /** Filters that both would prune over filters that either would. */
        maskOverlap: z.number().min(0).max(1),
      }),
    ),
  }),
);
export type CriteriaAgreement = z.infer<typeof agreementSchema>;

export const sensitivitySchema = z.lazy(() =>
  z.object({
    formatVersion: z.literal(1),
    subject: subjectSchema,
    /** What it was computed with, for people. */
    engine: z.string(),
    /** Of the weights as they are. */
    base: evaluationSchema,
    /** Pairs of criteria on these weights, at `rate` of the filters that are left. */
    criteria: z.object({ rate: z.number().min(0).lt(1), pairs: z.array(agreementSchema) }),
    /** How many pools there are to measure. */
    poolCount: z.int().min(1),
    /** Those that are measured, in the order of the network. */
    pools: z.array(poolSchema),
    /** Who is measuring; null when nobody is. */
    process: runProcessSchema.nullable(),
  }),
);
export type Sensitivity = z.infer<typeof sensitivitySchema>;
