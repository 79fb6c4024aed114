import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import { fileProblem } from '../../base/fileProblem';
import { fileNames, type RunManifest } from '../model/format';
import { readManifest } from '../folder/manifest';
import { signalTree } from '../../base/processes';
import { readHistory } from '../folder/reader';
import { isTrainerAlive, shownStatus } from '../folder/status';
import { RunWriter } from '../folder/writer';
import { requestStop } from './stopRequest';

const lookMilliseconds = 200;
const hasSignals = process.platform !== 'win32';

export interface TrainerStart {
  /** Run folders, trained one after another. */
  readonly folders: readonly [string, ...string[]];
  /** The Node program. */
  readonly node: string;
  /** Path of `trainer.js`. */
  readonly trainerScript: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Starts the training process and returns its pid. It outlives this process; what it prints goes to the first run's log.
 * Throws a UserError when Node can't be started.
 */
export function startTrainer({ folders, node, trainerScript, env }: TrainerStart): number {
  const log = openLog(join(folders[0], fileNames.log));
  try {
    const child = spawn(node, [trainerScript, ...folders], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
      windowsHide: true,
    });
    // A failed start is told by the missing pid; without a listener Node would throw the same problem later.
    child.on('error', () => undefined);
    child.unref();
    if (child.pid === undefined)
      throw new UserError(`Node could not be started as "${node}"; check that it is there and may be run.`, {
        file: node,
      });
    return child.pid;
  } finally {
    closeSync(log);
  }
}

export interface StopOptions {
  /** How long the trainer has for each step of the escalation. */
  readonly graceSeconds: number;
}

/**
 * Ends a run, and returns how far it had to go: `asked` with the request file, which the trainer obeys after its step;
 * `terminated` with SIGTERM; `killed` with its whole process tree. A run that waits for its turn is only asked, as its process
 * trains another, and a lost one is only marked as stopped. Throws a UserError when the run has ended already, or trains on
 * another machine and does not obey.
 */
export async function stopRun(
  folder: string,
  { graceSeconds }: StopOptions,
): Promise<'asked' | 'terminated' | 'killed'> {
  const before = await readManifest(folder);
  if (isOver(before)) throw new UserError(`The run ${before.id} has ended already (${before.status}).`);
  await requestStop(folder);
  const waits = before.status === 'created' && (await shownStatus(folder, before)) === 'created';
  if (waits) return 'asked';
  if (await endsWithin(folder, graceSeconds)) return concluded(folder, 'asked');

  const pid = await pidHere(folder);
  await signalTree(pid, 'SIGTERM');
  const done = await endsWithin(folder, graceSeconds);
  if (done) return concluded(folder, hasSignals ? 'terminated' : 'killed');
  await signalTree(pid, 'SIGKILL');
  if (await endsWithin(folder, graceSeconds)) return concluded(folder, 'killed');
  throw new UserError(`Process ${pid} of the run ${before.id} can’t be ended; end it by the means of your system.`);
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw fileProblem(error, path);
  }
}

function isOver({ status }: RunManifest): boolean {
  return status !== 'created' && status !== 'running';
}

/** True as soon as nobody trains the run any more. */
async function endsWithin(folder: string, seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    if (!(await isTrainerAlive(folder, await readManifest(folder)))) return true;
    if (Date.now() >= deadline) return false;
    await sleep(lookMilliseconds);
  }
}

async function pidHere(folder: string): Promise<number> {
  const { id, process: trainer } = await readManifest(folder);
  if (trainer?.host === hostname()) return trainer.pid;
  throw new UserError(
    `The run ${id} trains on ${trainer?.host ?? 'another machine'} and has not stopped yet; it will after its step, or end it there.`,
  );
}

/** Writes the last words of a trainer that could not: the only time that someone else writes to a run. */
async function concluded<How>(folder: string, how: How): Promise<How> {
  const history = await readHistory(folder);
  if (isOver(history.manifest)) return how;
  const writer = await RunWriter.open(folder);
  await writer.event({
    type: 'stopped',
    time: new Date().toISOString(),
    epoch: history.epochs.at(-1)?.epoch ?? -1,
    message: 'The training process was ended from outside, or had gone, before it could say so itself.',
  });
  await writer.update({ status: 'stopped' });
  await writer.close();
  return how;
}
