import * as z from 'zod';
import { certificateSchema } from '../runs/model/certificate';

/** What commands of `sfp` print for the extension, each value a line of JSON. A line that is none of these is passed over. */

/** `sfp compact --json --progress`: a step, and at the end the certificate. */
export const compactLineSchema = z.union([
  z.object({ type: z.literal('progress'), step: z.string() }),
  certificateSchema,
]);

/** `sfp export --json`. */
export const exportedSchema = z.object({ files: z.array(z.string()).min(1) });

/** `sfp report --json`. */
export const reportedSchema = z.object({ file: z.string() });

/** `sfp submit --json`: what would be given to Slurm, and what was. */
export const submitLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('plan'),
    folder: z.string(),
    tasks: z.int().min(1),
    command: z.array(z.string()),
    script: z.string(),
  }),
  z.object({ type: z.literal('submitted'), job: z.string(), runs: z.array(z.object({ run: z.string() })) }),
]);

/** `sfp sensitivity --json`; the last line, with all figures, is in the run folder too. */
export const sensitivityLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({
    type: z.literal('pool'),
    done: z.int().min(0),
    of: z.int().min(1),
    pool: z.object({ name: z.string() }),
  }),
]);

/** `sfp doctor --json`. */
export const diagnosisSchema = z.object({ canTrain: z.boolean(), summary: z.string(), text: z.string() });

/** `sfp engines setup --json`. */
export const setUpLineSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    phase: z.string(),
    source: z.string(),
    bytes: z.number(),
    total: z.number(),
    note: z.string().optional(),
  }),
  z.object({ type: z.literal('done'), tensorflowVersion: z.string() }),
]);
