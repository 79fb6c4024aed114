import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { errorCode } from './fileProblem';

const run = promisify(execFile);

/** The mark of a process that has ended but keeps its pid until its parent asks how it ended. */
const ended = 'ended';

/** A process, and what distinguishes it from a later process with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque mark of when the process started, where the system tells: another process with this pid has another mark. */
  readonly started?: string | undefined;
}

/** This process and the machine that it runs on. */
export async function thisProcess(): Promise<ProcessIdentity & { readonly host: string }> {
  const started = await startMark(process.pid);
  return { pid: process.pid, host: hostname(), ...(started !== null && { started }) };
}

/** Whether a process of this machine is running; `unsure` when there is one with its pid that may be another one. */
export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean | 'unsure'> {
  if (!processExists(pid)) return false;
  const mark = await startMark(pid);
  if (mark === ended) return false;
  return mark === null || started === undefined ? 'unsure' : mark === started;
}

/**
 * Signals a process and all processes that it has started. The trainer leads a process group, so its group is its tree; on
 * Windows, which has no signals, `taskkill` ends the tree at once. It is not an error if the process no longer exists.
 */
export async function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.platform === 'win32') {
    await run('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }).catch(() => undefined);
    return;
  }
  if (!send(-pid, signal)) send(pid, signal);
}

/**
 * Whether any process of this machine has this pid. That is enough for a child of this process, whose pid Node frees when the
 * child ends; use `isRunning` for all others.
 */
export function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // The process exists, but belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

/** When a process started, in a form that two processes never share; `ended`; or null where the system does not tell cheaply. */
async function startMark(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await linuxStartMark(pid);
    if (process.platform === 'darwin') return await macStartMark(pid);
    return null;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/PID/stat counts ticks since this boot; the name in field 2 may itself have spaces and brackets. */
async function linuxStartMark(pid: number): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? ended : `${boot.trim()}/${fields[18]}`;
}

/** Language and time zone are fixed because the process that compares may have others than the trainer. */
async function macStartMark(pid: number): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return (await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env })).stdout.trim();
}
