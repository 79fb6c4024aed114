import { spawn, type ChildProcess } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { signalTree } from '../runs/processes';

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Aborted to end the program and all that it has started. */
  readonly signal: AbortSignal;
  /** Everything it says is appended to this file. */
  readonly log: string;
}

const keptCharacters = 20_000;
const toldLines = 4;
const graceMilliseconds = 3_000;

/** A program that failed; the message holds its own reason, where it can be told, or else the last that it said. */
export class ProgramFailure extends Error {
  constructor(
    message: string,
    /** The end of what it said. */
    readonly output: string,
  ) {
    super(message);
  }
}

/**
 * Runs a program to its end and gives what it said. Throws a ProgramFailure when it cannot be started or fails. When it is
 * aborted, it throws after the program has ended, with all that it has started, so that nothing writes any more.
 */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { cwd, env, signal, log } = options;
  signal.throwIfAborted();
  await appendFile(log, `\n> ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The leader of a process group of its own, so that what it has started can be ended with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptCharacters);
    });
  const problem = await ended(child, signal);
  await appendFile(log, output);
  signal.throwIfAborted();
  if (problem === null) return output;
  const reason = reasonIn(output);
  throw new ProgramFailure(`${path.basename(command)} ${problem}${reason ? `: ${reason}` : ''}`, output);
}

/** The first line that names an error, of Node, npm, pip, or a compiler; the last lines where there is none. */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  const named = lines.find((line) =>
    /^(ERROR|gyp ERR! stack Error|\w*Error):|\b(fatal )?error: |^npm error [A-Z4]/.test(line),
  );
  return (named ?? lines.slice(-toldLines).join(' / ')).trim();
}

/** How it failed; null when it did not. */
async function ended(child: ChildProcess, signal: AbortSignal): Promise<string | null> {
  let patience: NodeJS.Timeout | undefined;
  const end = (): void => {
    const { pid } = child;
    if (pid === undefined) return;
    void signalTree(pid, 'SIGTERM');
    patience = setTimeout(() => void signalTree(pid, 'SIGKILL'), graceMilliseconds);
  };
  signal.addEventListener('abort', end);
  try {
    return await new Promise<string | null>((resolve) => {
      child.once('error', ({ message }) => {
        resolve(message);
      });
      child.once('close', (code, endedBy) => {
        resolve(code === 0 ? null : endedBy ? `was ended by ${endedBy}` : `ended with code ${code}`);
      });
      if (signal.aborted) end();
    });
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(patience);
  }
}
