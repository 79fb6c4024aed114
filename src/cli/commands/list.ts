import { basename } from 'node:path';
import { UserError } from '../../base/errors';
import { mapInTurns } from '../../base/turns';
import type { RunManifest } from '../../runs/model/format';
import type { ListedRun } from '../../runs/folder/list';
import { listRuns } from '../../runs/folder/list';
import { newestEpoch } from '../../runs/folder/newestEpoch';
import { runStates, submittedRuns } from '../../scheduling/slurm/runStates';
import { stateInWords } from '../../scheduling/slurm/taskWords';
import { queueFolder } from '../../scheduling/queue/queueFolder';
import { listQueue } from '../../scheduling/queue/queueList';
import { localTime, percent, plural, unknown } from '../figures';
import { shortPath } from '../paths';
import { runsFolderOf } from '../runFolders';
import { statusText } from '../statusText';
import { table } from '../table';
import { colours, note, print, printJson } from '../terminal';

/** More at once would only take memory. */
const readAtOnce = 8;

type Summary = NonNullable<RunManifest['summary']>;

/** `sfp list`: all runs, the newest first. */
export async function list({ runs: option, json }: { readonly runs?: string; readonly json?: boolean }): Promise<void> {
  const folder = await runsFolderOf(option);
  const runs = await listRuns(folder);
  if (json) {
    printJson({ folder, runs });
    return;
  }
  if (runs.length === 0) {
    print(`No runs in ${shortPath(folder)}; \`sfp train CONFIG\` makes some.`);
    return;
  }
  const { dim, red } = colours();
  const readable = runs.filter((run) => run.problem === null);
  const slurm = await slurmColumn(readable);
  const inQueue = await waitingWithoutQueue(readable);
  const rows = await mapInTurns(runs, readAtOnce, async (run) => {
    const [id, status, ...others] =
      run.problem === null
        ? await row(inQueue.has(run.folder) ? { ...run, status: 'created' } : run)
        : [run.id, red('damaged'), '', '', '', '', run.problem];
    return [id!, status!, ...(slurm?.cellsOf(run.folder) ?? []), ...others];
  });
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [{ title: 'run' }, { title: 'status' }, ...(slurm === null ? [] : [{ title: 'slurm' }])];
  const figures = [right('epochs'), right('validation'), right('test')];
  print(table([...columns, ...figures, { title: 'created' }, { title: '' }], rows, dim));
  if (slurm !== null && slurm.problem !== null) note(slurm.problem);
  if (inQueue.size > 0)
    note(`${plural(inQueue.size, 'run')} of the queue, whose process has gone: \`sfp queue continue\` lets it go on.`);
}

/** Folders of runs that are lost only until the process of the queue is there again, as after a restart of the machine. */
async function waitingWithoutQueue(runs: readonly ListedRun[]): Promise<ReadonlySet<string>> {
  const lost = new Set(runs.filter(({ status }) => status === 'lost').map(({ folder }) => folder));
  if (lost.size === 0) return lost;
  // What is wrong with the queue, `sfp queue` tells.
  const entries = await listQueue(queueFolder()).then(
    (queue) => queue.runs,
    () => [],
  );
  return new Set(entries.filter(({ folder, place }) => place !== null && lost.has(folder)).map(({ folder }) => folder));
}

/** What Slurm says of the runs, where one of them was handed to it. */
async function slurmColumn(
  runs: readonly ListedRun[],
): Promise<{ readonly cellsOf: (folder: string) => [string]; readonly problem: string | null } | null> {
  const submitted = await submittedRuns(runs);
  if (submitted.length === 0) return null;
  const { states, problem } = await runStates(submitted);
  const cellsOf = (folder: string): [string] => {
    const state = states.get(folder);
    return [state ? stateInWords(state) : ''];
  };
  return { cellsOf, problem };
}

async function row(run: ListedRun): Promise<string[]> {
  const { epochs, validation, test, problem } = run.summary ? { ...run.summary, problem: null } : await soFar(run);
  return [
    run.id,
    statusText(run.status),
    `${epochs ?? unknown}/${run.config.training.epochs}`,
    percent(validation?.accuracy),
    percent(test?.accuracy),
    localTime(run.created),
    run.error ?? problem ?? elsewhere(run),
  ];
}

/** A run folder that was copied keeps its id, so its folder is what tells it from the first. */
function elsewhere({ id, folder }: ListedRun): string {
  return basename(folder) === id ? '' : `in the folder ${basename(folder)}`;
}

interface SoFar extends Pick<Summary, 'validation' | 'test'> {
  readonly epochs: number | null;
  readonly problem: string | null;
}

/** The figures of a run that has no summary yet. */
async function soFar({ folder }: ListedRun): Promise<SoFar> {
  try {
    const newest = await newestEpoch(folder);
    const validation = newest?.after ?? newest?.before ?? null;
    return { epochs: newest === null ? 0 : newest.epoch + 1, validation, test: null, problem: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { epochs: null, validation: null, test: null, problem: error.message };
  }
}
