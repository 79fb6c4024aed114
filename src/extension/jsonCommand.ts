import { spawn } from 'node:child_process';
import type { NodeRuntime } from './findNode';
import { tellJsonLines } from './jsonLines';

export interface JsonCommand {
  readonly node: NodeRuntime;
  /** `dist/cli.js`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Aborted to cancel: the process is interrupted as by Ctrl-C, and ends by itself. */
  readonly signal: AbortSignal;
  /** A line of its output; undefined when it is not JSON. */
  readonly onLine: (value: unknown) => void;
}

/** How a command ended: `problem` is null when it ended well; `complaint` is what it said on standard error. */
export interface EndedCommand {
  readonly problem: string | null;
  readonly complaint: string;
}

/** Runs a command of `sfp` that prints lines of JSON, in a process of its own, to its end. */
export async function runJsonCommand({ node, script, args, cwd, signal, onLine }: JsonCommand): Promise<EndedCommand> {
  const child = spawn(node.path, [script, ...args], {
    cwd,
    env: { ...process.env, ...node.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const cancel = (): void => {
    child.kill('SIGINT');
  };
  signal.addEventListener('abort', cancel);
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  tellJsonLines(child.stdout, onLine);
  const problem = await new Promise<string | null>((resolve) => {
    child.once('error', ({ message }) => {
      resolve(message);
    });
    child.once('close', (code, endedBy) => {
      resolve(code === 0 ? null : (endedBy ?? `code ${code}`));
    });
    if (signal.aborted) cancel();
  });
  signal.removeEventListener('abort', cancel);
  return { problem, complaint: complaint.trim() };
}
