import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from '../../base/durable';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { startDetached } from '../../runs/control/trainerProcess';
import { lockState, releaseLocks, takeLocks, type RunLock } from '../../runs/lock/runLock';
import { mostRuns, withAdded, type Queue, type QueuedRun } from './queue';
import { editQueue } from './queueFile';
import { queueNames } from './queueFolder';

const lookMilliseconds = 50;
/** So long the queue has to take runs over that were added, however many there are. */
const takeOverLimit = 60_000;
/** So long a process that was started has to say that it is the queue's. */
const helloLimit = 20_000;

/** How the process of the queue is started where there is none. */
export interface QueueStart {
  /** Of the queue. */
  readonly folder: string;
  /** The Node program, for the queue and the trainers. */
  readonly node: string;
  /** Path of `queue.js`; `trainer.js` is beside it. */
  readonly queueScript: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface QueuedRuns {
  /** Of the queue's process. */
  readonly pid: number;
  /** Why the runs do not start yet. */
  readonly paused: Queue['paused'];
  /** Settles when the queue has taken over the runs: false when its process ended before that, of which its log tells. */
  readonly begun: Promise<boolean>;
}

/**
 * Puts runs at the end of the queue of this machine, and starts its process where none lives. Their locks, which may be held
 * already, are given away in any case. Throws a UserError when another process has one of the runs, or the queue cannot be
 * written or started; then none of them is in the queue.
 */
export async function enqueue(
  runs: readonly QueuedRun[],
  start: QueueStart,
  given?: readonly RunLock[],
): Promise<QueuedRuns> {
  const locks = given ?? (await takeLocks(runs.map(({ folder }) => folder)));
  try {
    await Promise.all(locks.map((lock) => lock.offer()));
    const { queue } = await editQueue(start.folder, (before) => withRoomFor(before, runs));
    const pid = await ensureQueueProcess(start).catch(async (error: unknown) => {
      const added = new Set(runs.map(({ folder }) => folder));
      await editQueue(start.folder, (it) => ({ ...it, runs: it.runs.filter(({ folder }) => !added.has(folder)) }));
      throw error;
    });
    const begun = areTakenOver(locks, start).finally(() => releaseLocks(locks));
    return { pid, paused: queue.paused, begun };
  } catch (error) {
    await releaseLocks(locks);
    throw error;
  }
}

function withRoomFor(queue: Queue, runs: readonly QueuedRun[]): Queue {
  const added = withAdded(queue, runs);
  if (added.runs.length <= mostRuns) return added;
  throw new UserError(
    `The queue has ${queue.runs.length} runs, and no room for ${runs.length} more (${mostRuns} at most).`,
  );
}

/** The process of the queue; null where none lives. */
export async function queueProcess(folder: string): Promise<number | null> {
  const state = await lockState(folder);
  return state.kind === 'held' ? (state.holder?.pid ?? null) : null;
}

/** Starts the process of the queue unless one lives, and returns its pid. Throws a UserError when it ends before it has begun. */
export async function ensureQueueProcess(start: QueueStart): Promise<number> {
  const living = await queueProcess(start.folder);
  if (living !== null) return living;
  await makeFolder(start.folder);
  const log = join(start.folder, queueNames.log);
  const child = await onFile(log, async () => {
    const file = await open(log, 'a');
    try {
      return startDetached(start.node, [start.queueScript, start.folder], file.fd, start.env);
    } finally {
      await file.close();
    }
  });
  const deadline = Date.now() + helloLimit;
  while (Date.now() < deadline) {
    const pid = await queueProcess(start.folder);
    if (pid !== null) return pid;
    // One that had nothing to do may be over already.
    if (child.exitCode === 0) return child.pid!;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await sleep(lookMilliseconds);
  }
  throw new UserError(`The process of the queue ended before it began; ${log} says why.`, { file: log });
}

async function areTakenOver(locks: readonly RunLock[], start: QueueStart): Promise<boolean> {
  const deadline = Date.now() + takeOverLimit;
  let left = [...locks];
  while (Date.now() < deadline) {
    const taken = await Promise.all(left.map((lock) => lock.isTakenOver().catch(() => true)));
    left = left.filter((_, index) => !taken[index]);
    if (left.length === 0) return true;
    if ((await queueProcess(start.folder)) === null) return false;
    await sleep(lookMilliseconds);
  }
  return true;
}
