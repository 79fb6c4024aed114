import type { RandomStream } from '../../src/base/random';

/** One reader of something from outside, and how to make up what it reads. */
export interface FuzzTarget<Input = unknown> {
  readonly name: string;
  /** Gets ready: writes into `folder`, which is the target's own, what the reader needs beside the input. */
  readonly open: (folder: string) => Promise<OpenTarget<Input>>;
}

export interface OpenTarget<Input = unknown> {
  /** The same stream gives the same input. */
  readonly make: (random: RandomStream) => Input;
  /** Reads it and uses what was read as the program does. Throws where the input is refused. */
  readonly read: (input: Input) => unknown;
  /** Whether an error is one that the reader may throw; a UserError if left out. */
  readonly isRefusal?: (error: unknown) => boolean;
}

/** What a target reads, whatever it is made of. */
export type AnyTarget = FuzzTarget<never>;

/** A target of one kind of input among those of others. */
export function target<Input>(name: string, open: FuzzTarget<Input>['open']): FuzzTarget {
  return { name, open: open as unknown as FuzzTarget['open'] };
}

/** For readers below the ones that explain to people: any error that names a reason, but none of the language itself. */
export function isReasoned(error: unknown): boolean {
  const ours = [TypeError, RangeError, ReferenceError, EvalError];
  return error instanceof Error && error.message !== '' && !ours.some((kind) => error instanceof kind);
}
