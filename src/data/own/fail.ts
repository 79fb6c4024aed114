import { UserError } from '../../base/errors';

/** What is wrong with images of the user's own, as a sentence that begins with where they are. */
export function fail(path: string, problem: string): UserError {
  return new UserError(`${path} ${problem}.`, { file: path });
}

/** What the libraries that read files of any content throw, as a UserError about the file; the system's errors stay as they are. */
export function unreadable(error: unknown, path: string): unknown {
  if (error instanceof UserError || !(error instanceof Error) || 'syscall' in error) return error;
  return fail(path, `is damaged, or no such file (${error.message})`);
}
