import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { withdrawStopRequest } from '../../runs/control/stopRequest';
import { readSlurmRecord, writeSlurmRecord, type SlurmRecord } from '../../runs/folder/slurmRecord';
import { fileNames } from '../../runs/model/format';
import { batchScript } from './batchScript';
import type { Profile } from './profile';
import { callSlurm, SlurmMissing, SlurmSilent, type SlurmAnswer } from './programs';
import { jobNamed } from './queueStates';
import { sbatchArguments } from './sbatchArguments';
import { createSubmission, scriptName, submissionId, submissionPath } from './submissionFolder';

/** Slurm may be slow to take an array of a thousand tasks. */
const submitPatience = 120_000;

/** What would be given to Slurm. */
export interface Plan {
  readonly id: string;
  /** Of the submission. */
  readonly folder: string;
  readonly script: string;
  /** Of `sbatch`. */
  readonly args: readonly string[];
}

export interface PlanSubject {
  readonly experiment: string;
  readonly runsFolder: string;
  readonly profile: Profile;
  readonly tasks: number;
  /** Node and `cli.js` of this process. */
  readonly node: string;
  readonly program: string;
}

/** Makes the batch script and the arguments of `sbatch`, and nothing else. Throws a UserError for texts that they cannot hold. */
export function planSubmission({ experiment, runsFolder, profile, tasks, node, program }: PlanSubject): Plan {
  const id = submissionId(experiment);
  const folder = submissionPath(runsFolder, id);
  const script = batchScript({ profile, folder, runsFolder, node, program });
  const args = [...sbatchArguments({ profile, id, folder, tasks }), join(folder, scriptName)];
  return { id, folder, script, args };
}

export interface SubmittedJob {
  readonly job: string;
  readonly cluster: string | null;
}

/** Run folders in the order of the array; `created` ones were made for this job and have never been trained. */
export interface SubmittedRuns {
  readonly created: readonly string[];
  /** Stopped or lost ones that go on. */
  readonly resumed: readonly string[];
}

/**
 * Submits runs as a job array. Each run is marked before, so that nobody submits it a second time while Slurm is silent. Throws
 * a UserError: where Slurm refuses the job, what was made for it is removed; where it does not answer, so that nobody knows
 * whether it has taken the job, the runs stay marked.
 */
export async function submit(plan: Plan, { created, resumed }: SubmittedRuns): Promise<SubmittedJob> {
  const runFolders = [...created, ...resumed];
  const before = new Map<string, SlurmRecord | null>();
  for (const folder of resumed) before.set(folder, await readSlurmRecord(folder));
  const mark = async ({ job, cluster }: SubmittedJob | { job: null; cluster: null }): Promise<void> => {
    for (const [index, folder] of runFolders.entries())
      await writeSlurmRecord(folder, { formatVersion: 1, submission: plan.id, job, index, cluster, submitted });
  };
  const submitted = new Date().toISOString();
  const undo = (): Promise<void> => takeBack(plan, created, before);
  try {
    await createSubmission(plan.folder, { script: plan.script, runFolders });
    await mark({ job: null, cluster: null });
    for (const folder of resumed) await withdrawStopRequest(folder);
  } catch (error) {
    await undo();
    throw error;
  }
  const taken = await sent(plan, runFolders.length, undo);
  await mark(taken);
  return taken;
}

async function sent(plan: Plan, tasks: number, undo: () => Promise<void>): Promise<SubmittedJob> {
  let answer: SlurmAnswer;
  try {
    answer = await callSlurm('sbatch', plan.args, submitPatience);
  } catch (error) {
    if (error instanceof SlurmMissing) await undo();
    if (!(error instanceof SlurmSilent)) throw error;
    return foundAfterSilence(plan, error);
  }
  if (answer.complaint === null) {
    const [, job, cluster] = /^(\d+)(?:;(\S+))?\s*$/.exec(answer.output) ?? [];
    if (job !== undefined) return { job, cluster: cluster ?? null };
    return foundAfterSilence(
      plan,
      new SlurmSilent(`sbatch did not tell the id of the job (${answer.output.trim().slice(0, 200)}).`),
    );
  }
  await undo();
  throw new UserError(
    `Slurm refused the job: ${answer.complaint} Nothing was submitted, and what was made for its ${tasks} ${tasks === 1 ? 'run' : 'runs'} is removed.`,
  );
}

/** A job that was sent may have been taken though nobody said so; its name tells, which no other has. */
async function foundAfterSilence(plan: Plan, silence: SlurmSilent): Promise<SubmittedJob> {
  const job = await jobNamed(plan.id).catch(() => null);
  if (job !== null) return { job, cluster: null };
  throw new SlurmSilent(
    `${silence.message} Whether it has taken the job is not known. If it has, the runs will train, and \`sfp jobs\` shows them as soon as it answers; if it has not, \`sfp stop RUN\` takes each of them back. To be safe they are not submitted a second time before.`,
    { cause: silence },
  );
}

async function takeBack(
  plan: Plan,
  created: readonly string[],
  before: ReadonlyMap<string, SlurmRecord | null>,
): Promise<void> {
  for (const folder of [...created, plan.folder]) await rm(folder, { recursive: true, force: true });
  for (const [folder, record] of before)
    if (record !== null) await writeSlurmRecord(folder, record);
    else await rm(join(folder, fileNames.slurm), { force: true });
}
