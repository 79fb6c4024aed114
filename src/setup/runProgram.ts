import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Everything it says is appended to this file. */
  readonly log: string;
}

const keptCharacters = 20_000;
const toldLines = 4;

/** A program that failed; the message is made of the last that it said. */
export class ProgramFailure extends Error {
  constructor(
    message: string,
    /** The end of what it said. */
    readonly output: string,
  ) {
    super(message);
  }
}

/** Runs a program to its end and gives what it said. Throws a ProgramFailure when it cannot be started or fails. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { cwd, env, signal, log } = options;
  await appendFile(log, `\n> ${[command, ...args].join(' ')}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    signal,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptCharacters);
    });
  const problem = await new Promise<string | null>((resolve) => {
    child.once('error', ({ message }) => {
      resolve(message);
    });
    child.once('close', (code, endedBy) => {
      resolve(code === 0 ? null : endedBy ? `was ended by ${endedBy}` : `ended with code ${code}`);
    });
  });
  await appendFile(log, output);
  signal.throwIfAborted();
  if (problem === null) return output;
  const told = output.trim().split('\n').slice(-toldLines).join(' / ');
  throw new ProgramFailure(`${command} ${problem}${told ? `: ${told}` : ''}`, output);
}
