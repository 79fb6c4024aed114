import * as z from 'zod';
import { visibleText } from '../../base/visibleText';
import { mostThreads } from '../../runs/control/place';

/** More runs are no queue that anybody waits for, and every waiting one costs a sign of life. */
export const mostRuns = 10_000;

/** So many that failed or were stopped are kept in mind, so that they can be retried without being named. */
export const mostEnded = 200;

export const mostAtOnce = 256;

const folder = z.string().min(1).max(4096);

/** What the run folders do not say themselves. Whether a run waits, trains or has ended, its folder tells. */
export const queueSchema = z.object({
  formatVersion: z.literal(1),
  /** Runs that train or wait, in the order in which they are started. */
  runs: z
    .array(
      z.object({
        /** Absolute. */
        folder,
        /** The priority that it is trained at, 0 to 19: the higher, the more it leaves to others. */
        niceness: z.int().min(0).max(19),
      }),
    )
    .max(mostRuns),
  /** Folders of those that failed or were stopped, the newest last. */
  ended: z.array(folder).max(mostEnded),
  /** While it is there no run is started. `why` is a sentence where the queue has paused itself. */
  paused: z
    .object({ since: z.string().max(64), why: z.string().max(2000).overwrite(visibleText).nullable() })
    .nullable(),
  /** What the user wants instead of what was measured. `threads` of each run; null divides the machine among them. */
  slots: z
    .object({ runs: z.int().min(1).max(mostAtOnce), threads: z.int().min(1).max(mostThreads).nullable() })
    .nullable(),
});
export type Queue = z.infer<typeof queueSchema>;
export type QueuedRun = Queue['runs'][number];
export type Slots = NonNullable<Queue['slots']>;

export const emptyQueue: Queue = { formatVersion: 1, runs: [], ended: [], paused: null, slots: null };

/** A queue with runs at its end, but for those that are in it already. */
export function withAdded(queue: Queue, added: readonly QueuedRun[]): Queue {
  const folders = new Set(queue.runs.map((run) => run.folder));
  const fresh = added.filter((run) => !folders.has(run.folder));
  const again = new Set(added.map((run) => run.folder));
  return { ...queue, runs: [...queue.runs, ...fresh], ended: queue.ended.filter((each) => !again.has(each)) };
}

/** A queue without runs that have ended; of these, those that may be retried are kept in mind. */
export function withEnded(queue: Queue, ended: ReadonlyMap<string, 'done' | 'retriable'>): Queue {
  const retriable = [...ended].filter(([, how]) => how === 'retriable').map(([each]) => each);
  return {
    ...queue,
    runs: queue.runs.filter((run) => !ended.has(run.folder)),
    ended: [...queue.ended.filter((each) => !ended.has(each)), ...retriable].slice(-mostEnded),
  };
}

/**
 * A queue in which a run waits at another place, counted from 1 among those that wait; beyond the last is the last. The others
 * keep their order. Runs that do not wait come first, as they have been started already.
 */
export function withMoved(queue: Queue, moved: string, place: number, waits: (folder: string) => boolean): Queue {
  const run = queue.runs.find((each) => each.folder === moved);
  if (!run || !waits(moved)) return queue;
  const started = queue.runs.filter((each) => !waits(each.folder));
  const others = queue.runs.filter((each) => each !== run && waits(each.folder));
  const before = Math.max(0, place - 1);
  return { ...queue, runs: [...started, ...others.slice(0, before), run, ...others.slice(before)] };
}

/** A queue that starts no run until it is continued; one that is paused already keeps its reason. */
export function withPause(queue: Queue, why: string | null, now = new Date()): Queue {
  return { ...queue, paused: queue.paused ?? { since: now.toISOString(), why } };
}
