import { requestStop } from '../../runs/control/stopRequest';
import { stopRun } from '../../runs/control/trainerProcess';
import { ensureQueueProcess, queueProcess, type QueueStart } from './enqueue';
import { withEnded, withMoved, withPause, type Queue, type Slots } from './queue';
import { editQueue, type EditedQueue } from './queueFile';
import { listQueue, waits } from './queueList';

/** What people want of the queue. The process of the queue looks twice a second; all return once it is written down. */

/** Runs that train go on; no other is started. */
export function pauseQueue(folder: string): Promise<EditedQueue> {
  return editQueue(folder, (queue) => withPause(queue, null));
}

/** Starts runs again, and the process of the queue where none lives and some are left. Returns its pid, null where none is needed. */
export async function continueQueue(start: QueueStart): Promise<EditedQueue & { readonly pid: number | null }> {
  const edited = await editQueue(start.folder, (queue) => (queue.paused === null ? queue : { ...queue, paused: null }));
  return { ...edited, pid: edited.queue.runs.length > 0 ? await ensureQueueProcess(start) : null };
}

/** How many runs at once, whatever was measured; null goes by what is measured. */
export function setSlots(folder: string, slots: Slots | null): Promise<EditedQueue> {
  return editQueue(folder, (queue) => ({ ...queue, slots }));
}

/** Puts a run that waits at another place among those that wait, counted from 1. False where it does not wait. */
export async function moveRun(folder: string, run: string, place: number): Promise<boolean> {
  const waiting = new Set((await listQueue(folder)).runs.filter(waits).map((entry) => entry.folder));
  const { queue } = await editQueue(folder, (it) => withMoved(it, run, place, (each) => waiting.has(each)));
  return waiting.has(run) && queue.runs.some((each) => each.folder === run);
}

/**
 * Asks runs of the queue to stop: those that train do after their step, those that wait at once. Where no process of the queue
 * lives, those that wait are marked as stopped here.
 */
export async function cancelRuns(folder: string, runs: readonly string[]): Promise<void> {
  for (const run of runs) await requestStop(run);
  if ((await queueProcess(folder)) !== null) return;
  const wanted = new Set(runs);
  const waiting = (await listQueue(folder)).runs.filter((entry) => wanted.has(entry.folder) && waits(entry));
  for (const entry of waiting) await stopRun(entry.folder, { graceSeconds: 0 });
  const ended = new Map(waiting.map((entry) => [entry.folder, 'retriable'] as const));
  await editQueue(folder, (queue: Queue) => withEnded(queue, ended));
}
