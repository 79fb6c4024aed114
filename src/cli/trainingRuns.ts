import { join } from 'node:path';
import { UserError } from '../base/errors';
import { getPriority } from 'node:os';
import type { ShownStatus } from '../runs/model/history';
import type { RunLock } from '../runs/lock/runLock';
import { fileNames } from '../runs/model/format';
import { enqueue, queueProcess, type QueueStart } from '../scheduling/queue/enqueue';
import { queueFolder, queueNames } from '../scheduling/queue/queueFolder';
import { followRuns } from './followRuns';
import { shortPath } from './paths';
import { exitCode } from './problems';
import { stopOnSignals } from './stopOnSignals';
import { isTerminal, note, onClosedPipe, print } from './terminal';
import { BarDisplay, JsonDisplay, LineDisplay, type TrainDisplay } from './trainDisplay';
import { shellWord } from '../runs/model/shellWord';

/** A run as the user knows it. */
export interface TrainingRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
}

export type TrainingRuns = readonly [TrainingRun, ...TrainingRun[]];

export interface FollowOptions {
  readonly detach?: boolean;
  readonly json?: boolean;
  /** ISO 8601: events from before this time are not shown again. */
  readonly since?: string;
}

/** How the queue is started from the command line. */
export function queueStart(): QueueStart {
  return { folder: queueFolder(), node: process.execPath, queueScript: join(__dirname, 'queue.js') };
}

/**
 * Puts the runs, whose locks may be held already, into the queue of this machine, and returns the pid of its process once it has
 * them. Throws a UserError when it ends before, or as `enqueue` does.
 */
export async function startTraining(runs: TrainingRuns, locks?: readonly RunLock[]): Promise<number> {
  const start = queueStart();
  const niceness = Math.max(0, getPriority());
  const { pid, paused, begun } = await enqueue(
    runs.map(({ folder }) => ({ folder, niceness })),
    start,
    locks,
  );
  if (!(await begun)) {
    const log = join(start.folder, queueNames.log);
    throw new UserError(`The process of the queue ended before it had the runs; ${log} says why.`, { file: log });
  }
  if (paused !== null)
    note(
      `The queue is paused, so they wait: ${paused.why ?? ''} \`sfp queue continue\` starts them.`.replace(':  ', ': '),
    );
  return pid;
}

/** Shows the runs until they end, or, when detached, says how to look at them. Returns the exit code. */
export async function followTraining(runs: TrainingRuns, pid: number, options: FollowOptions): Promise<number> {
  if (!options.detach) return follow(runs, options);
  if (options.json) return exitCode.done;
  for (const { id } of runs) print(`  ${id}`);
  print(`The queue (process ${pid}) trains them; see \`sfp queue\`, \`sfp list\`, \`sfp show RUN\`, \`sfp stop RUN\`.`);
  return exitCode.done;
}

async function follow(runs: TrainingRuns, { json, since }: FollowOptions): Promise<number> {
  const folders = runs.map(({ folder }) => folder);
  const display = displayFor(runs, json ?? false);
  const stopping = stopOnSignals(folders, (text) => {
    display.say(text);
  });
  onClosedPipe(() => stopping.ask());
  const statuses = await followRuns(folders, display, isQueueThere, since);
  display.end();
  stopping.dispose();
  for (const [index, status] of statuses.entries()) if (status === 'lost') tellLost(runs[index]!);
  if (!json) tellNext(runs);
  return exitCodeOf(statuses);
}

async function isQueueThere(): Promise<boolean> {
  return (await queueProcess(queueFolder())) !== null;
}

function displayFor(runs: readonly TrainingRun[], json: boolean): TrainDisplay {
  if (json) return new JsonDisplay();
  return isTerminal() ? new BarDisplay(runs) : new LineDisplay(runs.map(({ name }) => name));
}

function tellLost({ name, folder }: TrainingRun): void {
  note(
    `${name}: nobody trains it any more; ${shortPath(join(folder, fileNames.log))} may say why. \`sfp resume\` lets it go on.`,
  );
}

function tellNext(runs: readonly TrainingRun[]): void {
  const ids = runs.map(({ id }) => shellWord(id)).join(' ');
  print(runs.length > 1 ? `\nCompare them: sfp compare ${ids}` : `\nMore about it: sfp show ${ids}`);
}

function exitCodeOf(statuses: readonly ShownStatus[]): number {
  if (statuses.some((status) => status === 'failed' || status === 'lost')) return exitCode.failed;
  return statuses.includes('stopped') ? exitCode.stopped : exitCode.done;
}
