import { UserError } from '../../base/errors';
import { mapInTurns } from '../../base/turns';
import { readSlurmRecord, type SlurmRecord } from '../../runs/folder/slurmRecord';
import type { ShownStatus } from '../../runs/model/history';
import { arrayStates, jobOf, type ArrayAnswer, type TaskState } from './queueStates';

/** A run that was handed to Slurm. */
export interface SubmittedRun {
  readonly folder: string;
  readonly status: ShownStatus;
  readonly record: SlurmRecord;
}

/** Null where Slurm has forgotten the task, which it does some minutes after its end where it keeps no accounts. */
export type KnownState = TaskState | null;

export interface RunStates {
  /** By the folder of the run; those of jobs that Slurm was not asked for, or did not answer for, are missing. */
  readonly states: ReadonlyMap<string, KnownState>;
  /** Why Slurm could not be asked, a sentence; null where it could. */
  readonly problem: string | null;
}

const readAtOnce = 8;

const nothing: ArrayAnswer = { states: new Map(), problem: null };

/** Those of some runs that were handed to Slurm. */
export async function submittedRuns(
  runs: readonly { readonly folder: string; readonly status: ShownStatus }[],
): Promise<SubmittedRun[]> {
  const found = await mapInTurns(runs, readAtOnce, async ({ folder, status }) => {
    const record = await readSlurmRecord(folder);
    return record && { folder, status, record };
  });
  return found.filter((run) => run !== null);
}

/**
 * What Slurm says of runs, one or two calls a job array, and none for arrays whose runs are all finished. What goes wrong is told
 * and not thrown: the runs can be shown without Slurm.
 */
export async function runStates(runs: readonly SubmittedRun[]): Promise<RunStates> {
  const states = new Map<string, KnownState>();
  let problem: string | null = null;
  try {
    for (const ofArray of byArray(runs)) {
      if (ofArray.every(({ status }) => status === 'finished')) continue;
      const first = ofArray[0]!.record;
      const job = await jobOf(first);
      const unfinished = ofArray.filter(({ status }) => status !== 'finished').map((run) => run.record.index);
      // Accounts that did not answer are not waited for again.
      const indices = problem === null ? unfinished : [];
      const known: ArrayAnswer = job === null ? nothing : await arrayStates({ ...first, job }, indices);
      for (const { folder, record } of ofArray) states.set(folder, known.states.get(record.index) ?? forgotten(record));
      problem ??= known.problem;
    }
    return { states, problem };
  } catch (error) {
    if (error instanceof UserError) return { states, problem: error.message };
    throw error;
  }
}

/** A task that was cancelled before its turn leaves nothing behind in Slurm. */
function forgotten({ cancelled }: SlurmRecord): KnownState {
  return cancelled === undefined ? null : { state: 'CANCELLED', reason: null, nodes: null };
}

function byArray(runs: readonly SubmittedRun[]): SubmittedRun[][] {
  const arrays = new Map<string, SubmittedRun[]>();
  for (const run of runs) {
    const known = arrays.get(run.record.submission);
    if (known) known.push(run);
    else arrays.set(run.record.submission, [run]);
  }
  return [...arrays.values()];
}
