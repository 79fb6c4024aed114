import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../../base/cacheFolder';

/**
 * Where the queue of this machine keeps what it has to know: `SFP_LAB_QUEUE`, or a folder of this host's in the cache, which
 * several machines may share.
 */
export function queueFolder(): string {
  const chosen = process.env.SFP_LAB_QUEUE;
  return chosen ? resolve(chosen) : join(cacheFolder(), 'queue', hostname().replaceAll(/[^\w.-]/g, '_'));
}

/** What is in that folder, beside the lock of the queue's process. */
export const queueNames = { queue: 'queue.json', log: 'queue.log' } as const;
