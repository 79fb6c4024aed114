import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import { keptMemory } from '../../base/keptMemory';
import { replaceFile } from '../../base/replaceFile';
import { keptCheckpoints, newestCheckpoint } from '../../runs/checkpoints/keptCheckpoints';
import { readyToResume } from '../../runs/control/resume';
import { isStopRequested } from '../../runs/control/stopRequest';
import { concludeKilledRun } from '../../runs/control/waitingRun';
import { readManifest } from '../../runs/folder/manifest';
import { lockState, nameOf, RunLock, usualPace, type LockPace } from '../../runs/lock/runLock';
import type { RunManifest } from '../../runs/model/format';
import { requeueCode } from './batchScript';
import { runOfTask } from './submissionFolder';

export interface Task {
  /** Of the submission. */
  readonly folder: string;
  /** In the job array. */
  readonly index: number;
  /** `trainer.js`. */
  readonly trainerScript: string;
  /** Aborted when Slurm asks the task to end. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  readonly pace?: LockPace;
}

/** The exit code of a task: its run is finished or was stopped on request, has failed, or is to wait for its next turn. */
export const taskCodes = { done: 0, failed: 1, again: requeueCode } as const;

/** So often in a row a task may end without a new checkpoint before it is taken for one that never gets on. */
const mostIdleTurns = 3;

/**
 * A task of a job array: trains one run, from its newest checkpoint where it has been trained before, and returns the exit code.
 * A run that somebody has asked to stop is not trained, and does not come back. A run that Slurm has ended, by a signal before its
 * time was over or because others needed the node, does, from its checkpoint.
 */
export async function runTask(task: Task): Promise<number> {
  const run = await runOfTask(task.folder, task.index);
  const before = await readManifest(run);
  if (before.status === 'finished') {
    task.say(`The run ${before.id} is finished.`);
    return taskCodes.done;
  }
  if (before.status === 'stopped' && (await isStopRequested(run))) {
    task.say(`The run ${before.id} was stopped on request; it is not trained.`);
    return taskCodes.done;
  }
  const reached = await newestName(run, before);
  const lock = await lockOnceFree(run, task);
  if (lock === null) return taskCodes.again;
  const end = await train(run, task).finally(
    // The trainer has taken it over, unless it ended before.
    () => lock.release(),
  );
  const { status } = await readManifest(run);
  const isUntold = status === 'running' || status === 'created';
  if (isUntold && !task.signal.aborted) await concludeKilledRun(run, end);
  return codeOf(run, reached, task);
}

async function codeOf(run: string, reached: string | null, task: Task): Promise<number> {
  const manifest = await readManifest(run);
  if (manifest.status === 'finished') return taskCodes.done;
  // A signal may end a trainer before it can take it.
  const isBrokenOff = task.signal.aborted && (manifest.status === 'running' || manifest.status === 'created');
  if (manifest.status !== 'stopped' && !isBrokenOff) return taskCodes.failed;
  if (await isStopRequested(run)) return taskCodes.done;
  const newest = await newestName(run, manifest);
  const idleTurns = await countIdle(task, newest === reached);
  if (idleTurns < mostIdleTurns) {
    task.say(
      `The run ${manifest.id} was ended by Slurm; it goes on from ${newest ?? 'its beginning'} in its next turn.`,
    );
    return taskCodes.again;
  }
  task.say(
    `The run ${manifest.id} did not get on in ${idleTurns} turns: its time is over before a step is done. Give it more time and submit it again with --resume.`,
  );
  return taskCodes.failed;
}

async function newestName(run: string, { config }: RunManifest): Promise<string | null> {
  return newestCheckpoint(await keptCheckpoints(run, config))?.name ?? null;
}

/** How many turns in a row brought no new checkpoint. */
async function countIdle({ folder, index }: Task, isIdle: boolean): Promise<number> {
  const idle = join(folder, 'idle');
  const file = join(idle, String(index));
  if (!isIdle) {
    await rm(file, { force: true });
    return 0;
  }
  const turns = 1 + (Number(await readFile(file, 'utf8').catch(() => '0')) || 0);
  await mkdir(idle, { recursive: true });
  await replaceFile(file, String(turns));
  return turns;
}

const lookMilliseconds = 2_000;

/**
 * The lock of a run that is ready to be trained. Where a node disappeared, nobody gives its lock back, and it counts as held until
 * its holder was silent for long enough; a holder of the turn before may still be ending. Null when Slurm asks to end meanwhile.
 * Throws a UserError when somebody else trains the run.
 */
async function lockOnceFree(run: string, { signal, say, pace = usualPace }: Task): Promise<RunLock | null> {
  // Twice, as the clock of the other machine may be ahead: beyond that its signs of life do not count.
  const deadline = Date.now() + 2 * (pace.silenceMilliseconds + pace.watchMilliseconds);
  let isTold = false;
  while (!signal.aborted) {
    const state = await lockState(run);
    if (state.kind !== 'held') return readyLock(run);
    if (Date.now() > deadline)
      throw new UserError(
        `The run in ${run} is being trained already, by ${nameOf(state.holder)}; this task leaves it alone.`,
      );
    if (!isTold)
      say(`${nameOf(state.holder)} holds the run; waiting until it has ended or was silent for long enough.`);
    isTold = true;
    await sleep(lookMilliseconds, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

async function readyLock(run: string): Promise<RunLock> {
  if ((await readManifest(run)).status === 'created') return RunLock.take(run);
  const { locks } = await readyToResume([run]);
  return locks[0]!;
}

/** Trains the run in a process of its own, to its end, its stop or its failure; returns the exit code or signal, in words. */
async function train(run: string, { trainerScript, signal }: Task): Promise<string> {
  const child = spawn(process.execPath, [trainerScript, run], {
    stdio: 'inherit',
    env: { ...keptMemory, ...process.env },
  });
  const stop = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', stop);
  const end = await new Promise<string | number | null>((resolve) => {
    child.once('exit', (code, killedBy) => {
      resolve(killedBy ?? code);
    });
    child.once('error', ({ message }) => {
      resolve(message);
    });
    if (signal.aborted) stop();
  });
  signal.removeEventListener('abort', stop);
  return typeof end === 'number' ? `exit code ${end}` : String(end);
}
