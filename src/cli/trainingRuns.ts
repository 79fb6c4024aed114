import { join } from 'node:path';
import { UserError } from '../base/errors';
import { processExists } from '../base/processes';
import type { ShownStatus } from '../runs/model/history';
import { startTrainer } from '../runs/control/trainerProcess';
import type { RunLock } from '../runs/lock/runLock';
import { fileNames } from '../runs/model/format';
import { followRuns } from './followRuns';
import { shortPath } from './paths';
import { exitCode } from './problems';
import { stopOnSignals } from './stopOnSignals';
import { isTerminal, note, onClosedPipe, print } from './terminal';
import { BarDisplay, JsonDisplay, LineDisplay, type TrainDisplay } from './trainDisplay';
import { shellWord } from '../runs/model/shellWord';

/** Runs that are trained one after another by one process. */
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

/**
 * Starts the process that trains the runs, whose locks may be held already, and returns its pid once it has begun. Throws a UserError when it ends before, or as
 * `startTrainer` does.
 */
export async function startTraining([first, ...more]: TrainingRuns, locks?: readonly RunLock[]): Promise<number> {
  const { pid, begun } = await startTrainer({
    folders: [first.folder, ...more.map(({ folder }) => folder)],
    node: process.execPath,
    trainerScript: join(__dirname, 'trainer.js'),
    ...(locks && { locks }),
  });
  if (await begun) return pid;
  const log = join(first.folder, fileNames.log);
  throw new UserError(`The training process of ${first.name} ended before it began; ${shortPath(log)} says why.`, {
    file: log,
  });
}

/** Shows the runs until they end, or, when detached, says how to look at them. Returns the exit code. */
export async function followTraining(runs: TrainingRuns, pid: number, options: FollowOptions): Promise<number> {
  if (!options.detach) return follow(runs, pid, options);
  if (options.json) return exitCode.done;
  for (const { id } of runs) print(`  ${id}`);
  print(`Training goes on in process ${pid}; see \`sfp list\`, \`sfp show RUN\`, \`sfp stop RUN\`.`);
  return exitCode.done;
}

async function follow(runs: TrainingRuns, pid: number, { json, since }: FollowOptions): Promise<number> {
  const folders = runs.map(({ folder }) => folder);
  const display = displayFor(runs, json ?? false);
  const stopping = stopOnSignals(folders, (text) => {
    display.say(text);
  });
  onClosedPipe(() => stopping.ask());
  const statuses = await followRuns(folders, display, () => processExists(pid), since);
  display.end();
  stopping.dispose();
  for (const [index, status] of statuses.entries()) if (status === 'lost') tellLost(runs[index]!);
  if (!json) tellNext(runs);
  return exitCodeOf(statuses);
}

function displayFor(runs: readonly TrainingRun[], json: boolean): TrainDisplay {
  if (json) return new JsonDisplay();
  return isTerminal() ? new BarDisplay(runs) : new LineDisplay(runs.map(({ name }) => name));
}

function tellLost({ name, folder }: TrainingRun): void {
  note(`${name}: the training process has ended without a word; look at ${shortPath(join(folder, 'trainer.log'))}.`);
}

function tellNext(runs: readonly TrainingRun[]): void {
  const ids = runs.map(({ id }) => shellWord(id)).join(' ');
  print(runs.length > 1 ? `\nCompare them: sfp compare ${ids}` : `\nMore about it: sfp show ${ids}`);
}

function exitCodeOf(statuses: readonly ShownStatus[]): number {
  if (statuses.some((status) => status === 'failed' || status === 'lost')) return exitCode.failed;
  return statuses.includes('stopped') ? exitCode.stopped : exitCode.done;
}
