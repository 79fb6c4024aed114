import { CommanderError } from 'commander';
import { UserError } from '../base/errors';
import { Interrupted } from './stopSignal';
import { colours, note } from './terminal';

export const exitCode = { done: 0, failed: 1, usage: 2, stopped: 130 } as const;

/** Wrong usage or a wrong config: exit code 2 instead of 1. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

/** Runs a check of the user's input; its UserErrors become UsageErrors. */
export async function asUsage<Result>(judge: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof UserError) throw new UsageError(error.message, { ...error.detail, cause: error });
    throw error;
  }
}

/** Says on standard error why a command failed, in one sentence, and returns the exit code. */
export function explain(error: unknown, verbose: boolean): number {
  // Commander has already written its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  const { red, dim } = colours(process.stderr);
  note(red(sentence(error)));
  if (verbose && error instanceof Error) note(dim(stacks(error)));
  if (error instanceof Interrupted) return exitCode.stopped;
  return error instanceof UsageError ? exitCode.usage : exitCode.failed;
}

function sentence(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const what = error instanceof Error ? error.message : String(error);
  return `Unexpected error: ${what} (--verbose tells where).`;
}

function stacks(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stacks(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
