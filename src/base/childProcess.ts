import { spawn, type ChildProcess, type Serializable } from 'node:child_process';

export interface ChildOptions {
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input; nothing if left out. */
  readonly input?: string;
  /** Sent to a Node child through its message channel, by which it may answer. */
  readonly message?: Serializable;
  /** Called with every message that the child sends through its channel. */
  readonly onMessage?: (message: unknown) => void;
  /** Aborting it ends the child: SIGTERM first, SIGKILL if the child still runs some seconds later. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which it is killed; it may take for ever if left out. */
  readonly patience?: number;
  /** How many characters are kept of the end of what it says; all if left out. */
  readonly keptCharacters?: number;
  /** Signals the child, which then leads a process group, and all that it has started; if left out, only the child is signalled. */
  readonly signalTree?: (pid: number, signal: EndingSignal) => Promise<void>;
}

export type EndingSignal = 'SIGTERM' | 'SIGKILL';

export interface EndedChild {
  /** How it ended, as the end of a sentence, or why it could not be started; null when it ended well. */
  readonly problem: string | null;
  readonly started: boolean;
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they arrived. */
  readonly output: string;
  /** The last message that the child sent through its channel. */
  readonly answer: unknown;
}

const graceMilliseconds = 3_000;

/**
 * Runs a program in a process of its own. Resolves, however the process ended, once it has ended and its output has been read.
 * Whether it was aborted, the caller's signal says.
 */
export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<EndedChild> {
  const { cwd, env, input, message, onMessage, keptCharacters = Infinity, signalTree } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [
      input === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(message === undefined ? [] : ['ipc' as const]),
    ],
    serialization: 'advanced',
    detached: signalTree !== undefined && process.platform !== 'win32',
    windowsHide: true,
  });
  const heard = listen(child, keptCharacters, onMessage);
  // A child that dies at once closes pipe and channel before reading them; its exit code says so already.
  child.stdin?.on('error', () => undefined).end(input);
  if (message !== undefined) child.send(message, () => undefined);
  const forget = endInTime(child, options);
  const ending = await ended(child);
  forget();
  return { ...ending, ...heard };
}

/** Collects the output and messages of the child until its 'close' event. */
function listen(
  child: ChildProcess,
  kept: number,
  onMessage: ChildOptions['onMessage'],
): Pick<EndedChild, 'stdout' | 'stderr' | 'output' | 'answer'> {
  const heard = { stdout: '', stderr: '', output: '', answer: undefined as unknown };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      for (const each of [name, 'output'] as const) heard[each] = (heard[each] + text).slice(-kept);
    });
  child.on('message', (answer) => {
    heard.answer = answer;
    onMessage?.(answer);
  });
  return heard;
}

/** Ends the child when it is aborted or takes too long. The returned function stops the watching. */
function endInTime(child: ChildProcess, { signal, patience, signalTree }: ChildOptions): () => void {
  const timers: NodeJS.Timeout[] = [];
  const send = (ending: EndingSignal): void => {
    if (child.pid === undefined) return;
    if (signalTree) void signalTree(child.pid, ending);
    else child.kill(ending);
  };
  const killAfter = (milliseconds: number): void => {
    timers.push(setTimeout(send, milliseconds, 'SIGKILL'));
  };
  const end = (): void => {
    send('SIGTERM');
    killAfter(graceMilliseconds);
  };
  if (patience !== undefined) killAfter(patience);
  signal?.addEventListener('abort', end);
  if (signal?.aborted) end();
  return () => {
    timers.forEach(clearTimeout);
    signal?.removeEventListener('abort', end);
  };
}

/** 'close' comes after all output was read, and also when the program could not be started. */
function ended(child: ChildProcess): Promise<Pick<EndedChild, 'problem' | 'started' | 'code' | 'endedBy'>> {
  return new Promise((resolve) => {
    let failure = '';
    child.on('error', ({ message }) => {
      failure = message;
    });
    child.once('close', (code, endedBy) => {
      const started = child.pid !== undefined;
      resolve({ problem: started ? problemOf(code, endedBy) : failure, started, code, endedBy });
    });
  });
}

function problemOf(code: number | null, endedBy: NodeJS.Signals | null): string | null {
  if (code === 0) return null;
  return endedBy ? `was ended by ${endedBy}` : `ended with code ${code}`;
}
