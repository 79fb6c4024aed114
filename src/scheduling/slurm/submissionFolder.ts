import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { compactTime } from '../../base/compactTime';
import { createDurably, makeFolder, syncFolder } from '../../base/durable';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readRegular } from '../../base/regularFile';
import { inNameLetters } from '../../config/sweep';

/** Beside the runs; a name with a dot is none of a run. */
export const submissionsFolder = '.slurm';
export const scriptName = 'job.sh';
const runsName = 'runs.json';
const outputName = 'output';

const mostBytes = 32 * 2 ** 20;
const longestName = 80;

const runsSchema = z.object({
  formatVersion: z.literal(1),
  /** Names of run folders beside `.slurm`, in the order of the array. */
  runs: z
    .array(
      z
        .string()
        .regex(/^[^/\\\0]{1,255}$/)
        .refine((name) => !name.startsWith('.')),
    )
    .min(1),
});

/** A name that no other submission has: `20261130T173000Z-resnet20-3f2a1c`. */
export function submissionId(experiment: string, now = new Date()): string {
  const name = inNameLetters(experiment)
    .replace(/[^\w.-]/g, '_')
    .slice(0, longestName);
  return `${compactTime(now)}-${name}-${randomBytes(3).toString('hex')}`;
}

export function submissionPath(runsFolder: string, id: string): string {
  return join(runsFolder, submissionsFolder, id);
}

/** Makes the folder that the tasks of a job array read; it is on the disk when this returns. */
export async function createSubmission(
  folder: string,
  { script, runFolders }: { readonly script: string; readonly runFolders: readonly string[] },
): Promise<void> {
  const runs = { formatVersion: 1, runs: runFolders.map((run) => basename(run)) };
  await onFile(folder, async () => {
    await makeFolder(folder);
    await mkdir(join(folder, outputName));
    await createDurably(join(folder, runsName), `${JSON.stringify(runs, null, 2)}\n`);
    await createDurably(join(folder, scriptName), script);
    await syncFolder(folder);
  });
}

/** The folder of the run that a task of a job array trains. Throws a UserError when the list is damaged or has no such task. */
export async function runOfTask(folder: string, index: number): Promise<string> {
  const file = join(folder, runsName);
  const text = await onFile(file, () => readRegular(file, mostBytes, 'submit the runs again'));
  const list = runsSchema.safeParse(parseJson(text.toString('utf8'))).data;
  if (list === undefined) throw new UserError(`${file} is damaged; submit the runs again.`, { file });
  const name = list.runs[index];
  if (name === undefined)
    throw new UserError(`${file} has ${list.runs.length} runs, so none for task ${index}.`, { file });
  return join(dirname(dirname(folder)), name);
}

/** Where the output of a task is. */
export function outputFile(runsFolder: string, submission: string, index: number): string {
  return join(submissionPath(runsFolder, submission), outputName, `${index}.log`);
}
