import { spawn } from 'node:child_process';
import { isStopRequested, requestStop } from '../../runs/control/stopRequest';
import { RunLock } from '../../runs/lock/runLock';
import { announceWaiting, concludeKilledRun, stopWaitingRun, type Outcome } from './trainRun';

const lookMilliseconds = 500;

/** What the trainer's exit code says. */
export const exitCodes: Readonly<Record<Outcome, number>> = { finished: 0, failed: 1, stopped: 130 };

/**
 * Trains several runs one after another, each in a process of its own, so that the end of one, even a violent one, leaves
 * the others alone. This process holds the locks of the runs that wait; a run's own process takes it over from here. A waiting
 * run whose stop is requested is marked as stopped at once; `signal` stops them all.
 * The exit code is that of the worst outcome: failed, else stopped, else finished.
 */
export async function trainQueue(
  folders: readonly string[],
  trainerScript: string,
  signal: AbortSignal,
): Promise<number> {
  const waiting = new Map<string, RunLock>();
  const outcomes: Outcome[] = [];
  const conclude = async (folder: string, lock: RunLock, action: typeof stopWaitingRun): Promise<void> => {
    outcomes.push(await action(folder, lock).catch(failedToTell));
    await lock.release();
  };
  const stopRequested = async (): Promise<void> => {
    for (const [folder, lock] of waiting)
      if ((await isStopRequested(folder)) && waiting.delete(folder)) await conclude(folder, lock, stopWaitingRun);
  };
  let looking = Promise.resolve();
  const look = (): Promise<void> => (looking = looking.then(stopRequested));
  // Works on every system and however busy the child is, which signals do not.
  const requestAll = (): void => {
    for (const folder of folders) requestStop(folder).catch(failedToTell);
  };

  for (const folder of folders) {
    const lock = await waitingLock(folder).catch(failedToTell);
    if (typeof lock === 'string') outcomes.push(lock);
    else waiting.set(folder, lock);
  }
  signal.addEventListener('abort', requestAll);
  const timer = setInterval(() => void look(), lookMilliseconds);
  for (const folder of folders) {
    await look();
    const lock = waiting.get(folder);
    if (lock && waiting.delete(folder)) await conclude(folder, lock, () => trainInChild(folder, lock, trainerScript));
  }
  clearInterval(timer);
  await looking;
  return exitCodes[outcomes.includes('failed') ? 'failed' : outcomes.includes('stopped') ? 'stopped' : 'finished'];
}

async function waitingLock(folder: string): Promise<RunLock> {
  const lock = await RunLock.take(folder);
  try {
    await announceWaiting(folder, lock);
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** A run folder that was deleted, cannot be written or is another's does not keep the other runs from their turn. */
function failedToTell(error: unknown): Outcome {
  console.error(error instanceof Error ? error.message : error);
  return 'failed';
}

async function trainInChild(folder: string, lock: RunLock, trainerScript: string): Promise<Outcome> {
  // Detached, it leads a process group: killing the run kills what it started, and nothing else.
  const child = spawn(process.execPath, [trainerScript, folder], { stdio: 'inherit', detached: true });
  const end = await new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, killedBy) => {
      resolve(killedBy ?? code);
    });
    child.once('error', (error) => {
      resolve(error.message);
    });
  });
  // The child has taken it over, unless it ended before.
  await lock.release();
  const outcome = (Object.keys(exitCodes) as Outcome[]).find((name) => exitCodes[name] === end);
  return outcome ?? concludeKilledRun(folder, typeof end === 'number' ? `exit code ${end}` : String(end));
}
