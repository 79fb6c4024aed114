/**
 * A problem the user can act on. Its message is one sentence saying what is wrong, where, and what to do;
 * it is shown as it is, without a stack trace.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  constructor(
    message: string,
    readonly detail?: {
      readonly file?: string;
      readonly line?: number;
      readonly column?: number;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: detail?.cause });
  }
}
