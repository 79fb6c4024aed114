import { spawn, type ChildProcess } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import { keptMemory } from '../../base/keptMemory';
import { signalTree } from '../../base/processes';
import { openRegular } from '../../base/regularFile';
import { fileNames, type RunManifest } from '../model/format';
import { readManifest } from '../folder/manifest';
import { readHistory } from '../folder/reader';
import { isTrainerAlive, shownStatus } from '../folder/status';
import { RunWriter } from '../folder/writer';
import { RunLock } from '../lock/runLock';
import { findTrainer } from './findTrainer';
import { requestStop } from './stopRequest';

const lookMilliseconds = 200;
const beginLookMilliseconds = 50;
/** So long a process that lives has to take its run over before it is left to itself. */
const beginLimit = 60_000;
const hasSignals = process.platform !== 'win32';

export interface TrainerStart {
  /** The run folder. */
  readonly folder: string;
  /** The Node program. */
  readonly node: string;
  /** Path of `trainer.js`. */
  readonly trainerScript: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Of the run, where it is held already; it is given away in any case. */
  readonly lock?: RunLock;
  /** Added to the priority of this process, 0 to 19: the higher, the more the trainer leaves to others; 0 if left out. */
  readonly niceness?: number;
}

export interface StartedTrainer {
  readonly pid: number;
  /** Settles when the process has taken over its run: false when it ended before that, of which the run's log tells. */
  readonly begun: Promise<boolean>;
  /** Settles when the process has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/**
 * Starts the training process. It outlives this process; what it prints goes to the run's log. Until it has begun, this
 * process holds the lock of the run. Throws a UserError when Node can't be started, or another process has the run.
 */
export async function startTrainer(start: TrainerStart): Promise<StartedTrainer> {
  const lock = start.lock ?? (await RunLock.take(start.folder));
  try {
    const child = await spawnTrainer(start);
    const ended = new Promise<number | string>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(signal ?? code ?? 0);
      });
    });
    const begun = hasBegun(child, lock).finally(() => lock.release());
    return { pid: child.pid!, begun, ended };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function spawnTrainer(start: TrainerStart): Promise<ChildProcess> {
  const { folder, node, trainerScript, env, niceness = 0 } = start;
  const log = await openRegular(join(folder, fileNames.log), 'append');
  try {
    const child = startDetached(node, [trainerScript, folder], log.fd, env);
    if (niceness > 0) lowerPriority(child.pid!, niceness);
    return child;
  } finally {
    await log.close();
  }
}

/**
 * Starts a Node program that outlives this process and leads a process group, so that killing it kills what it has started, and
 * nothing else. What it prints goes to an open file. Throws a UserError when Node can't be started.
 */
export function startDetached(
  node: string,
  args: readonly string[],
  log: number,
  env?: Readonly<Record<string, string | undefined>>,
): ChildProcess {
  const child = spawn(node, args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...keptMemory, ...process.env, ...env },
    windowsHide: true,
  });
  // A failed start is told by the missing pid; without a listener Node would throw the same problem later.
  child.on('error', () => undefined);
  child.unref();
  if (child.pid !== undefined) return child;
  throw new UserError(`Node could not be started as "${node}"; check that it is there and may be run.`, { file: node });
}

/** What the trainer starts later inherits it. A trainer that has ended already, or a system that refuses, is no error. */
function lowerPriority(pid: number, niceness: number): void {
  try {
    setPriority(pid, Math.min(constants.priority.PRIORITY_LOW, getPriority() + niceness));
  } catch {
    // It trains at the usual priority.
  }
}

/** Whether the process took its run over, or is at least still there after a while. */
async function hasBegun(child: ChildProcess, lock: RunLock): Promise<boolean> {
  const deadline = Date.now() + beginLimit;
  while (Date.now() < deadline) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    // A short run may be over already.
    if (await lock.isTakenOver().catch(() => true)) return true;
    if (hasEnded) return false;
    await sleep(beginLookMilliseconds);
  }
  return true;
}

export interface StopOptions {
  /** How long the trainer has for each step of the escalation. */
  readonly graceSeconds: number;
}

/**
 * Ends a run, and returns how far it had to go: `asked` with the request file, which the trainer obeys after its step;
 * `terminated` with SIGTERM; `killed` with its whole process tree. A run that waits for its turn is only asked, as its process
 * trains another, and a lost one is only marked as stopped. Throws a UserError when the run has ended already, or does not obey
 * and its trainer is on another machine or cannot be told for certain: only a process that is proven to be it is signalled.
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

  const pid = await trainerHere(folder);
  await signalTree(pid, 'SIGTERM');
  const done = await endsWithin(folder, graceSeconds);
  if (done) return concluded(folder, hasSignals ? 'terminated' : 'killed');
  // Meanwhile it may have ended, and its pid have been given to another process.
  await signalTree(await trainerHere(folder), 'SIGKILL');
  if (await endsWithin(folder, graceSeconds)) return concluded(folder, 'killed');
  throw new UserError(`Process ${pid} of the run ${before.id} can’t be ended; end it by the means of your system.`);
}

/** Kills the trainer of a run with all that it has started; throws a UserError, and kills nothing, as `stopRun` does. */
export async function killTrainer(folder: string): Promise<void> {
  await signalTree(await trainerHere(folder), 'SIGKILL');
}

/** The pid of the process that is proven to train the run on this machine. Throws a UserError that says why there is none. */
async function trainerHere(folder: string): Promise<number> {
  const trainer = await findTrainer(folder);
  if ('pid' in trainer) return trainer.pid;
  const { id } = await readManifest(folder);
  throw new UserError(`The run ${id} was asked to stop and has not yet: ${trainer.doubt}`, { file: folder });
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

/** Writes the last words of a trainer that could not: the only time that someone else writes to a run. */
async function concluded<How>(folder: string, how: How): Promise<How> {
  if (isOver(await readManifest(folder))) return how;
  const lock = await RunLock.take(folder);
  try {
    await writeStopped(folder, lock);
    return how;
  } finally {
    await lock.release();
  }
}

/** Marks a run as stopped that waited and that nobody will train; `why` is a sentence. Throws a UserError where somebody does. */
export async function markStopped(folder: string, why: string): Promise<void> {
  const lock = await RunLock.take(folder);
  try {
    await writeStopped(folder, lock, why);
  } finally {
    await lock.release();
  }
}

const endedFromOutside = 'The training process was ended from outside, or had gone, before it could say so itself.';

async function writeStopped(folder: string, lock: RunLock, message = endedFromOutside): Promise<void> {
  const history = await readHistory(folder);
  if (isOver(history.manifest)) return;
  const writer = await RunWriter.open(folder, lock);
  await writer.event({
    type: 'stopped',
    time: new Date().toISOString(),
    epoch: history.epochs.at(-1)?.epoch ?? -1,
    message,
  });
  await writer.update({ status: 'stopped' });
  await writer.close();
}
