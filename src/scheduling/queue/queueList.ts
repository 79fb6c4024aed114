import { basename } from 'node:path';
import { mapInTurns } from '../../base/turns';
import type { ShownStatus } from '../../runs/model/history';
import { readShown } from '../../runs/folder/status';
import type { Queue } from './queue';
import { queueProcess } from './enqueue';
import { readQueue } from './queueFile';

/** A run of the queue as its folder has it. */
export interface ListedEntry {
  readonly folder: string;
  readonly id: string;
  readonly name: string;
  /** Null where the folder is gone or damaged. */
  readonly status: ShownStatus | null;
  /** Among those that wait, counted from 1; null where it does not wait. */
  readonly place: number | null;
  /** Why it failed, or cannot be read. */
  readonly problem: string | null;
}

export interface QueueList {
  /** Of the queue's process; null where none lives. */
  readonly pid: number | null;
  readonly paused: Queue['paused'];
  readonly slots: Queue['slots'];
  /** In their order. */
  readonly runs: readonly ListedEntry[];
  /** Those that failed or were stopped, the newest last. */
  readonly ended: readonly ListedEntry[];
}

const readAtOnce = 8;

/** The queue as it is now. Throws a DamagedQueue where its file is damaged. */
export async function listQueue(folder: string): Promise<QueueList> {
  const [queue, pid] = [await readQueue(folder), await queueProcess(folder)];
  let waiting = 0;
  const runs = (await entriesOf(queue.runs.map((run) => run.folder))).map((entry) => ({
    ...entry,
    place: waits(entry) ? ++waiting : null,
  }));
  const ended = (await entriesOf(queue.ended)).filter(({ status }) => status === 'failed' || status === 'stopped');
  return { pid, paused: queue.paused, slots: queue.slots, runs, ended };
}

/** Whether a run of the queue has yet to be started: without its process those that wait are lost until it is there again. */
export function waits({ status }: Pick<ListedEntry, 'status'>): boolean {
  return status === 'created' || status === 'lost';
}

function entriesOf(folders: readonly string[]): Promise<ListedEntry[]> {
  return mapInTurns(folders, readAtOnce, async (folder) => {
    try {
      const { manifest, status } = await readShown(folder);
      const { id, name, error } = manifest;
      return { folder, id, name, status, place: null, problem: error };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { folder, id: basename(folder), name: basename(folder), status: null, place: null, problem };
    }
  });
}
