import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { runChild } from '../../../base/childProcess';
import { signalTree } from '../../../base/processes';

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
  const { signal, log } = options;
  signal.throwIfAborted();
  await appendFile(log, `\n> ${[command, ...args].join(' ')}\n`);
  const { output, problem } = await runChild(command, args, { ...options, keptCharacters, signalTree });
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
