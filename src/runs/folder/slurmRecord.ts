import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../base/parseJson';
import { readRegular } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { visibleText } from '../../base/visibleText';
import { fileNames } from '../model/format';

/** Larger is no file of ours. */
const mostBytes = 10_000;

const slurmRecordSchema = z.object({
  formatVersion: z.literal(1),
  /** Name of the folder in `.slurm` beside the runs that the job was submitted from, which is the job's name in Slurm as well. */
  submission: z.string().regex(/^[\w.-]{1,255}$/),
  /** Id of the job array; null where Slurm did not answer when it was submitted. */
  job: z
    .string()
    .regex(/^\d{1,20}$/)
    .nullable(),
  /** Of the run in the array. */
  index: z.int().min(0),
  /** Name of the cluster, where there are several. */
  cluster: z.string().max(255).overwrite(visibleText).nullable(),
  /** ISO 8601, UTC. */
  submitted: z.string(),
  /** ISO 8601, UTC, when it was taken back. */
  cancelled: z.string().optional(),
});

/** That a run was handed to Slurm, and as what. */
export type SlurmRecord = z.infer<typeof slurmRecordSchema>;

/** Null where the run was never handed to Slurm, or what its file says is no such record. */
export async function readSlurmRecord(runFolder: string): Promise<SlurmRecord | null> {
  const file = join(runFolder, fileNames.slurm);
  try {
    const text = (await readRegular(file, mostBytes, 'delete it')).toString('utf8');
    return slurmRecordSchema.safeParse(parseJson(text)).data ?? null;
  } catch {
    // Most runs have none; a link or a damaged one is no reason not to show the run.
    return null;
  }
}

export async function writeSlurmRecord(runFolder: string, record: SlurmRecord): Promise<void> {
  await replaceFile(join(runFolder, fileNames.slurm), `${JSON.stringify(record, null, 2)}\n`);
}

/** Whether Slurm has the run in its queue, as far as its record says. */
export async function waitsInSlurm(runFolder: string): Promise<boolean> {
  const record = await readSlurmRecord(runFolder);
  return record !== null && record.cancelled === undefined;
}

/** How people and Slurm's commands call the task of a run: `123_4`. */
export function taskName({ job, index }: Pick<SlurmRecord, 'job' | 'index'>): string {
  return `${job ?? '?'}_${index}`;
}
