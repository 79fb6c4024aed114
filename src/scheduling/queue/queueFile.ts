import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../base/cacheLock';
import { compactTime } from '../../base/compactTime';
import { makeFolder } from '../../base/durable';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { nullIfMissing, readRegular } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { emptyQueue, queueSchema, type Queue } from './queue';
import { queueNames } from './queueFolder';

/** As many paths as a queue may have, with their escapes. */
const mostBytes = 64 * 2 ** 20;

/** The file of the queue does not say what a queue says. */
export class DamagedQueue extends UserError {
  override readonly name = 'DamagedQueue';
}

/** The queue as its file has it; an empty one where there is none. Throws a DamagedQueue where it is something else. */
export async function readQueue(folder: string): Promise<Queue> {
  const path = join(folder, queueNames.queue);
  const bytes = await nullIfMissing(readRegular(path, mostBytes, 'delete it'));
  if (bytes === null) return emptyQueue;
  const queue = queueSchema.safeParse(parseJson(bytes.toString()));
  if (queue.success) return queue.data;
  throw new DamagedQueue(`${path} is damaged, so that the order of the runs that wait is not known.`, {
    file: path,
    cause: queue.error,
  });
}

export interface EditedQueue {
  readonly queue: Queue;
  /** A sentence where the file was damaged and another one was begun. */
  readonly note: string | null;
}

/**
 * Changes the queue while nobody else does, and returns what it is then. A file that is damaged is kept aside, and `instead` is
 * changed in its place. Throws a UserError when the file cannot be written.
 */
export async function editQueue(
  folder: string,
  edit: (queue: Queue) => Queue | Promise<Queue>,
  instead: Queue = emptyQueue,
): Promise<EditedQueue> {
  const path = join(folder, queueNames.queue);
  return onFile(path, async () => {
    await makeFolder(folder);
    return withLock(
      path,
      new AbortController().signal,
      () => undefined,
      async (held) => {
        const { queue: before, note } = await readOrSetAside(folder, instead);
        const queue = queueSchema.parse(await edit(before));
        held.throwIfAborted();
        if (queue !== before || note !== null) await replaceFile(path, `${JSON.stringify(queue, null, 2)}\n`);
        return { queue, note };
      },
    );
  });
}

async function readOrSetAside(folder: string, instead: Queue): Promise<EditedQueue> {
  try {
    return { queue: await readQueue(folder), note: null };
  } catch (error) {
    if (!(error instanceof DamagedQueue)) throw error;
    const path = join(folder, queueNames.queue);
    const aside = `${path}.${compactTime(new Date())}.damaged`;
    await rename(path, aside);
    return { queue: instead, note: `${path} was damaged; it is kept as ${aside}, and another one is begun.` };
  }
}
