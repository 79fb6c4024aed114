import { execFile } from 'node:child_process';
import { readFile, readlink, realpath } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, resolve, sep } from 'node:path';
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
  return { ...(await processWith(process.pid)), host: hostname() };
}

/** The process of this machine that has this pid now. */
export async function processWith(pid: number): Promise<ProcessIdentity> {
  const started = await startMark(pid);
  return { pid, ...(started !== null && { started }) };
}

/**
 * Opaque mark of where a pid means the same process as here: this boot of this machine and, in containers, its pid namespace;
 * null where the system does not tell.
 */
export async function processSpace(): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    return `${await bootId()}/${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
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
 * Throws an Error, and signals nothing, where the pid is not one of another process alone: 0, 1 and negative ones stand for
 * many, and this process, its group and those that started it would take it along.
 */
export async function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!(await mayBeSignalled(pid))) throw new Error(`Process ${pid} must not be signalled.`);
  if (process.platform === 'win32') {
    await run('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }).catch(() => undefined);
    return;
  }
  if (!send(-pid, signal)) send(pid, signal);
}

/** Whether a signal to a process and its group would reach neither this process, nor those that started it, nor the system. */
export async function mayBeSignalled(pid: number): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid < 2) return false;
  return !(await ownFamily()).has(pid);
}

/** This process, those that started it, and the groups they are in. */
async function ownFamily(): Promise<Set<number>> {
  const family = new Set([process.pid, process.ppid]);
  for (let pid = process.pid; pid > 1;) {
    const relatives = await relativesOf(pid).catch(() => null);
    if (relatives === null || family.size > mostAncestors) break;
    family.add(relatives.parent).add(relatives.group);
    pid = relatives.parent;
  }
  return family;
}

const mostAncestors = 1000;

/** Parent and group of a process; null where the system does not tell. */
async function relativesOf(pid: number): Promise<{ readonly parent: number; readonly group: number } | null> {
  if (process.platform === 'linux') return linuxStat(pid);
  if (process.platform !== 'darwin') return null;
  const [parent, group] = (await run('ps', ['-o', 'ppid=,pgid=', '-p', String(pid)])).stdout.trim().split(/\s+/);
  return { parent: Number(parent), group: Number(group) };
}

/** What a process is looked for by, in how it was called. */
export interface Called {
  /** One of its arguments, a path. */
  readonly path: string;
  /** The file name of an earlier argument, the script; any if left out. */
  readonly script?: RegExp;
}

/**
 * Whether a process of this machine was called with a path as one of its arguments, behind a script of this name. Null where the
 * system does not tell. A path is not found in a longer one.
 */
export async function isCalledWith(pid: number, { path, script }: Called): Promise<boolean | null> {
  const args = await argumentsOf(pid, [resolve(path), await realpath(path).catch(() => path)]);
  if (args === null || args.length === 0) return null;
  const at = args.lastIndexOf(thePath);
  if (at < 0 || script === undefined) return at >= 0;
  return args.slice(0, at).some((argument) => script.test(basename(argument.replaceAll('\\', '/'))));
}

/** Stands in a list of arguments for the path that is looked for; no argument has a null character. */
const thePath = '\0';

/** The arguments of a process, the program first; null when there is none, or the system does not tell. */
async function argumentsOf(pid: number, paths: readonly string[]): Promise<string[] | null> {
  try {
    if (process.platform === 'linux') {
      const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
      return args.map((argument) => (paths.includes(withoutSlash(argument)) ? thePath : argument));
    }
    return splitCommandLine(await commandLineOf(pid), paths);
  } catch {
    return null;
  }
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path;
}

/** The command line of a process as one text, which is all that these systems tell. */
async function commandLineOf(pid: number): Promise<string> {
  const [program, args]: [string, string[]] =
    process.platform === 'win32'
      ? [
          'powershell',
          ['-NoProfile', '-Command', `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`],
        ]
      : ['ps', ['-o', 'command=', '-ww', '-p', String(pid)]];
  return (await run(program, args, { windowsHide: true })).stdout;
}

/** Arguments in a text are parted by spaces; a path may have some itself, so it is looked for first, as a whole argument. */
export function splitCommandLine(text: string, paths: readonly string[]): string[] {
  const marked = paths.reduce((line, path) => {
    const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return line.replaceAll(new RegExp(String.raw`(?<=^|[\s"])${escaped}[\\/]?(?=$|[\s"])`, 'g'), thePath);
  }, text);
  return marked.split(/[\s"]+/).filter((argument) => argument !== '');
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
  const { state, started } = await linuxStat(pid);
  return state === 'Z' || state === 'X' ? ended : `${await bootId()}/${started}`;
}

async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

async function linuxStat(pid: number) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], parent: Number(fields[1]), group: Number(fields[2]), started: fields[19] };
}

/** Language and time zone are fixed because the process that compares may have others than the trainer. */
async function macStartMark(pid: number): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return (await run('ps', ['-o', 'lstart=', '-p', String(pid)], { env })).stdout.trim();
}
