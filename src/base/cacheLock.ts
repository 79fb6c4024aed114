import { setTimeout as sleep } from 'node:timers/promises';
import { check, lock } from 'proper-lockfile';
import { errorCode } from './fileProblem';

/** A process that died is noticed after this time; a living one renews its lock more often. */
const staleMilliseconds = 10_000;

/**
 * Runs `work` while no other process, on this machine or on one that shares the folder, does so for the same path.
 * `work` must not block the event loop for seconds, or the lock may be lost; its signal is then aborted.
 */
export async function withLock<Result>(
  path: string,
  signal: AbortSignal,
  onWait: () => void,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const lost = new AbortController();
  const release = await acquire(path, signal, onWait, (error) => {
    lost.abort(error);
  });
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

/** Whether a living process holds the lock of a path; one that died is noticed some seconds later. */
export function isLocked(path: string): Promise<boolean> {
  return check(path, { realpath: false, stale: staleMilliseconds });
}

async function acquire(
  path: string,
  signal: AbortSignal,
  onWait: () => void,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  for (;;) {
    try {
      return await lock(path, { realpath: false, stale: staleMilliseconds, onCompromised });
    } catch (error) {
      if (errorCode(error) !== 'ELOCKED') throw error;
    }
    onWait();
    await sleep(500, undefined, { signal });
  }
}
