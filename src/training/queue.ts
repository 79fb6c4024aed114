import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileNames } from '../runs/format';
import { isStopRequested } from './stopRequest';
import { concludeKilledRun, stopWaitingRun, type Outcome } from './trainRun';

const lookMilliseconds = 500;

/** What the trainer's exit code says. */
export const exitCodes: Readonly<Record<Outcome, number>> = { finished: 0, failed: 1, stopped: 130 };

/**
 * Trains several runs one after another, each in a process of its own, so that the end of one, even a violent one, leaves
 * the others alone. A waiting run whose stop is requested is marked as stopped at once; `signal` stops them all.
 * The exit code is that of the worst outcome: failed, else stopped, else finished.
 */
export async function trainQueue(
  folders: readonly string[],
  trainerScript: string,
  signal: AbortSignal,
): Promise<number> {
  const waiting = new Set(folders);
  const outcomes: Outcome[] = [];
  const stopWaiting = async (): Promise<void> => {
    for (const folder of waiting) {
      if (!(await isStopRequested(folder)) || !waiting.delete(folder)) continue;
      outcomes.push(await stopWaitingRun(folder));
    }
  };
  const requestAll = (): void => {
    for (const folder of folders) void requestStop(folder);
  };
  signal.addEventListener('abort', requestAll);
  const timer = setInterval(() => void stopWaiting(), lookMilliseconds);
  for (const folder of folders) {
    await stopWaiting();
    if (waiting.delete(folder)) outcomes.push(await trainInChild(folder, trainerScript));
  }
  clearInterval(timer);
  signal.removeEventListener('abort', requestAll);
  return exitCodes[outcomes.includes('failed') ? 'failed' : outcomes.includes('stopped') ? 'stopped' : 'finished'];
}

/** The trainer's own way to be stopped from outside: the request file works on every system, signals do not. */
async function requestStop(folder: string): Promise<void> {
  await writeFile(join(folder, fileNames.stopRequest), '').catch(() => undefined);
}

async function trainInChild(folder: string, trainerScript: string): Promise<Outcome> {
  const child = spawn(process.execPath, [trainerScript, folder], { stdio: 'inherit' });
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (exitCode, exitSignal) => {
      resolve({ code: exitCode, signal: exitSignal });
    });
    child.once('error', (error) => {
      console.error(error.message);
      resolve({ code: null, signal: null });
    });
  });
  const outcome = (Object.keys(exitCodes) as Outcome[]).find((name) => exitCodes[name] === code);
  return outcome ?? concludeKilledRun(folder, signal ?? `exit code ${code}`);
}
