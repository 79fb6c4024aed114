import * as z from 'zod';
import { UserError } from '../../base/errors';
import { parseJson } from '../../base/parseJson';
import { visibleText } from '../../base/visibleText';
import type { SlurmRecord } from '../../runs/folder/slurmRecord';
import { callSlurm, SlurmMissing } from './programs';

/** A user waits for the answer. */
const lookPatience = 15_000;

/** What Slurm says of a task. */
export interface TaskState {
  /** As Slurm calls it: PENDING, RUNNING, COMPLETING, COMPLETED, CANCELLED, FAILED, TIMEOUT, PREEMPTED, NODE_FAIL, … */
  readonly state: string;
  /** Why it waits or has ended, where Slurm has a reason. */
  readonly reason: string | null;
  /** Where it runs or ran. */
  readonly nodes: string | null;
}

/** A job array that a run claims to be of. */
export interface AskedArray {
  readonly job: string;
  /** Its name. A run folder may come from anybody: what has this number and another name is none of ours. */
  readonly submission: string;
  readonly cluster: string | null;
}

/** By the index in the array. */
export type ArrayStates = ReadonlyMap<number, TaskState>;

export interface ArrayAnswer {
  readonly states: ArrayStates;
  /** Why the accounting could not be asked, a sentence; null where it could, or was not needed. */
  readonly problem: string | null;
}

/**
 * The states of the tasks of a job array: those that Slurm has in its queue, or had a few minutes ago, and from its accounting,
 * where there is one, the others of those that are `wanted`. What neither knows is left out. Throws as `callSlurm` for the queue;
 * the accounting, a service of its own that may be down alone, takes nothing along.
 */
export async function arrayStates(array: AskedArray, wanted: readonly number[]): Promise<ArrayAnswer> {
  const queued = await queueStates(array);
  if (wanted.every((index) => queued.has(index))) return { states: queued, problem: null };
  try {
    return { states: new Map([...(await accountedStates(array)), ...queued]), problem: null };
  } catch (error) {
    if (error instanceof UserError) return { states: queued, problem: error.message };
    throw error;
  }
}

let version: Promise<number> | null = null;

/** The year of Slurm's version, as 22 of 22.05; 0 where it is not told. */
export function slurmYear(): Promise<number> {
  version ??= callSlurm('squeue', ['--version'], lookPatience).then(({ output }) =>
    Number(/ (\d+)\./.exec(output)?.[1] ?? 0),
  );
  return version;
}

/** Before 23.02, `squeue --json` prints all jobs of the cluster, whatever was asked for. */
const jsonSince = 23;

/** Of the tasks that Slurm has in its queue, or had a few minutes ago. Throws as `callSlurm`. */
export async function queueStates(array: AskedArray): Promise<ArrayStates> {
  return (await slurmYear()) >= jsonSince
    ? ((await queueStatesFromJson(array)) ?? queueStatesFromText(array))
    : queueStatesFromText(array);
}

export async function queueStatesFromText(array: AskedArray): Promise<ArrayStates> {
  const { output } = await callSlurm(
    'squeue',
    [...ofCluster(array), `--jobs=${array.job}`, '--array', '--states=all', '--noheader', `--format=${queueFormat}`],
    lookPatience,
  );
  return parseQueueText(output, array);
}

/** Null where this Slurm has no JSON, or another than is known. */
export async function queueStatesFromJson(array: AskedArray): Promise<ArrayStates | null> {
  const { output, complaint } = await callSlurm(
    'squeue',
    [...ofCluster(array), `--jobs=${array.job}`, '--array', '--states=all', '--json'],
    lookPatience,
  );
  return complaint === null ? parseQueueJson(output, array) : null;
}

const queueFormat = '%F|%K|%T|%j|%N|%r';

type Named = Pick<AskedArray, 'job' | 'submission'>;

/** Lines of `squeue --array --format=%F|%K|%T|%j|%N|%r`. */
export function parseQueueText(output: string, { job, submission }: Named): ArrayStates {
  const states = new Map<number, TaskState>();
  for (const line of output.split('\n')) {
    const [array, index, state, name, nodes, ...reason] = line.trim().split('|');
    if (array !== job || name !== submission || state === undefined || !/^\d+$/.test(index ?? '')) continue;
    states.set(Number(index), taskState(state, reason.join('|'), nodes ?? ''));
  }
  return states;
}

/** Older versions give numbers and texts as they are, newer ones objects and lists. */
const numberSchema = z.union([
  z.number(),
  z.object({ set: z.boolean(), number: z.number() }).transform(({ set, number }) => (set ? number : null)),
  z.null(),
]);
const stateSchema = z.union([z.string(), z.array(z.string()).min(1)]);
const queuedJob = z.object({
  array_job_id: numberSchema,
  array_task_id: numberSchema.optional(),
  array_task_string: z.string().nullish(),
  name: z.string(),
  job_state: stateSchema,
  state_reason: z.string().nullish(),
  nodes: z.string().nullish(),
});

/** The answer of `squeue --json`, of all versions from 22.05 on; null where it is none. */
export function parseQueueJson(output: string, { job, submission }: Named): ArrayStates | null {
  const answer = z.object({ jobs: z.array(z.unknown()) }).safeParse(parseJson(output)).data;
  if (answer === undefined) return null;
  const states = new Map<number, TaskState>();
  for (const each of answer.jobs) {
    const found = queuedJob.safeParse(each).data;
    if (found === undefined) return null;
    if (String(found.array_job_id) !== job || found.name !== submission) continue;
    const state = taskState(mainState(found.job_state), found.state_reason ?? '', found.nodes ?? '');
    // Tasks that nothing sets apart yet are one job: `2-5%2`.
    const indices = found.array_task_string ? indicesOf(found.array_task_string) : [found.array_task_id];
    for (const index of indices) if (typeof index === 'number') states.set(index, state);
  }
  return states;
}

/** Of states with flags, as in RUNNING and COMPLETING, what `squeue` shows. */
function mainState(state: z.infer<typeof stateSchema>): string {
  if (typeof state === 'string') return state;
  return state.includes('COMPLETING') ? 'COMPLETING' : state[0]!;
}

/** More runs than a config can have. */
const mostTasks = 100_000;

/** `0,2-5,8-20:4%2`; of a broken answer the first hundred thousand. */
export function indicesOf(text: string): number[] {
  const indices: number[] = [];
  for (const part of text.replace(/%\d+$/, '').split(',')) {
    const [, from, to, step] = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/.exec(part) ?? [];
    if (from === undefined) continue;
    const by = Math.max(1, Number(step ?? 1));
    for (let index = Number(from); index <= Number(to ?? from) && indices.length < mostTasks; index += by)
      indices.push(index);
  }
  return indices;
}

async function accountedStates(array: AskedArray): Promise<ArrayStates> {
  const args = [`--jobs=${array.job}`, '--allocations', '--parsable2', '--noheader', `--format=${accountFormat}`];
  try {
    const { output, complaint } = await callSlurm('sacct', [...ofCluster(array), ...args], lookPatience);
    // Many clusters keep no accounts; what has left the queue is not known there.
    return complaint === null ? parseAccountText(output, array) : new Map();
  } catch (error) {
    if (error instanceof SlurmMissing) return new Map();
    throw error;
  }
}

const accountFormat = 'JobID,State,JobName,NodeList,Reason';

/** Lines of `sacct --parsable2 --format=JobID,State,JobName,NodeList,Reason`; of a task that was put back, the newest is the last. */
export function parseAccountText(output: string, { job, submission }: Named): ArrayStates {
  const states = new Map<number, TaskState>();
  for (const line of output.split('\n')) {
    const [id = '', state = '', name, nodes = '', ...reason] = line.trim().split('|');
    const [, array, one, several] = /^(\d+)_(?:(\d+)|\[(.+)\])$/.exec(id) ?? [];
    if (array !== job || name !== submission) continue;
    const found = taskState(state.split(' ')[0]!, reason.join('|'), nodes);
    for (const index of one === undefined ? indicesOf(several!) : [Number(one)]) states.set(index, found);
  }
  return states;
}

function taskState(state: string, reason: string, nodes: string): TaskState {
  const isNothing = (text: string) => ['', 'None', 'None assigned', '(null)', 'Unknown'].includes(text);
  const [why, where] = [visibleText(reason.trim()), visibleText(nodes.trim())];
  return { state: visibleText(state), reason: isNothing(why) ? null : why, nodes: isNothing(where) ? null : where };
}

/** The id of the job array that a run was submitted in, also where Slurm did not answer then; null where Slurm has none. */
export async function jobOf({ job, submission }: Pick<SlurmRecord, 'job' | 'submission'>): Promise<string | null> {
  return job ?? jobNamed(submission);
}

/** The id of the job array of this name; null where Slurm has none. */
export async function jobNamed(name: string): Promise<string | null> {
  const { output } = await callSlurm(
    'squeue',
    [`--name=${name}`, '--states=all', '--noheader', '--format=%F'],
    lookPatience,
  );
  return /^\d+$/m.exec(output)?.[0] ?? null;
}

/** The option by which a command means the array's cluster, where there are several. */
export function ofCluster({ cluster }: Pick<AskedArray, 'cluster'>): string[] {
  return cluster === null ? [] : [`--clusters=${cluster}`];
}
