import * as z from 'zod';
import { parseJson } from '../../base/parseJson';
import { visibleText } from '../../base/visibleText';
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

/** By the index in the array. */
export type ArrayStates = ReadonlyMap<number, TaskState>;

/**
 * The states of the tasks of a job array: those that Slurm has in its queue, or had a few minutes ago, and from its accounting,
 * where there is one, the others of those that are `wanted`. What neither knows is left out. Throws as `callSlurm`.
 */
export async function arrayStates(
  job: string,
  cluster: string | null,
  wanted: readonly number[],
): Promise<ArrayStates> {
  const queued = await queueStates(job, cluster);
  if (wanted.every((index) => queued.has(index))) return queued;
  return new Map([...(await accountedStates(job, cluster)), ...queued]);
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

async function queueStates(job: string, cluster: string | null): Promise<ArrayStates> {
  return (await slurmYear()) >= jsonSince
    ? ((await queueStatesFromJson(job, cluster)) ?? queueStatesFromText(job, cluster))
    : queueStatesFromText(job, cluster);
}

export async function queueStatesFromText(job: string, cluster: string | null): Promise<ArrayStates> {
  const { output } = await callSlurm(
    'squeue',
    [...ofCluster(cluster), `--jobs=${job}`, '--array', '--states=all', '--noheader', `--format=${queueFormat}`],
    lookPatience,
  );
  return parseQueueText(output, job);
}

/** Null where this Slurm has no JSON, or another than is known. */
export async function queueStatesFromJson(job: string, cluster: string | null): Promise<ArrayStates | null> {
  const { output, complaint } = await callSlurm(
    'squeue',
    [...ofCluster(cluster), `--jobs=${job}`, '--array', '--states=all', '--json'],
    lookPatience,
  );
  return complaint === null ? parseQueueJson(output, job) : null;
}

const queueFormat = '%F|%K|%T|%N|%r';

/** Lines of `squeue --array --format=%F|%K|%T|%N|%r`. */
export function parseQueueText(output: string, job: string): ArrayStates {
  const states = new Map<number, TaskState>();
  for (const line of output.split('\n')) {
    const [array, index, state, nodes, ...reason] = line.trim().split('|');
    if (array !== job || state === undefined || !/^\d+$/.test(index ?? '')) continue;
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
  job_state: stateSchema,
  state_reason: z.string().nullish(),
  nodes: z.string().nullish(),
});

/** The answer of `squeue --json`, of all versions from 22.05 on; null where it is none. */
export function parseQueueJson(output: string, job: string): ArrayStates | null {
  const answer = z.object({ jobs: z.array(z.unknown()) }).safeParse(parseJson(output)).data;
  if (answer === undefined) return null;
  const states = new Map<number, TaskState>();
  for (const each of answer.jobs) {
    const found = queuedJob.safeParse(each).data;
    if (found === undefined) return null;
    if (String(found.array_job_id) !== job) continue;
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

const mostTasks = 4_000_000;

/** `0,2-5,8-20:4%2`. */
export function indicesOf(text: string): number[] {
  return text
    .replace(/%\d+$/, '')
    .split(',')
    .flatMap((part) => {
      const [, from, to, step] = /^(\d{1,7})(?:-(\d{1,7})(?::(\d{1,7}))?)?$/.exec(part) ?? [];
      if (from === undefined) return [];
      const [first, last, by] = [Number(from), Number(to ?? from), Math.max(1, Number(step ?? 1))];
      const count = Math.min(mostTasks, Math.max(0, Math.floor((last - first) / by) + 1));
      return Array.from({ length: count }, (_, index) => first + index * by);
    });
}

async function accountedStates(job: string, cluster: string | null): Promise<ArrayStates> {
  const args = [`--jobs=${job}`, '--allocations', '--parsable2', '--noheader', `--format=${accountFormat}`];
  try {
    const { output, complaint } = await callSlurm('sacct', [...ofCluster(cluster), ...args], lookPatience);
    // Many clusters keep no accounts; what has left the queue is not known there.
    return complaint === null ? parseAccountText(output, job) : new Map();
  } catch (error) {
    if (error instanceof SlurmMissing) return new Map();
    throw error;
  }
}

const accountFormat = 'JobID,State,NodeList,Reason';

/** Lines of `sacct --parsable2 --format=JobID,State,NodeList,Reason`; of a task that was put back, the newest is the last. */
export function parseAccountText(output: string, job: string): ArrayStates {
  const states = new Map<number, TaskState>();
  for (const line of output.split('\n')) {
    const [id = '', state = '', nodes = '', ...reason] = line.trim().split('|');
    const [, array, one, several] = /^(\d+)_(?:(\d+)|\[(.+)\])$/.exec(id) ?? [];
    if (array !== job) continue;
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

/** The id of the job array of this name; null where Slurm has none. */
export async function jobNamed(name: string): Promise<string | null> {
  const { output } = await callSlurm(
    'squeue',
    [`--name=${name}`, '--states=all', '--noheader', '--format=%F'],
    lookPatience,
  );
  return /^\d+$/m.exec(output)?.[0] ?? null;
}

function ofCluster(cluster: string | null): string[] {
  return cluster === null ? [] : [`--clusters=${cluster}`];
}
