import { UserError } from '../errors';

const meanings: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written',
  EPERM: 'may not be read or written',
  EROFS: 'is read-only',
  ENOSPC: 'has no space left',
  EDQUOT: 'has no space left in your quota',
  ENOTDIR: 'has a file where a folder is needed',
  EEXIST: 'has a file where a folder is needed',
  EISDIR: 'has a folder where a file is needed',
};

/** What to tell when the cache folder cannot be used; null when the error is about something else. */
export function folderProblem(error: unknown, folder: string): UserError | null {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = code === undefined ? undefined : meanings[code];
  if (meaning === undefined) return null;
  return new UserError(
    `The cache folder ${folder} ${meaning}${path ? ` (at ${path})` : ''}: mend that or choose another folder with the ` +
      'environment variable SFP_LAB_CACHE.',
    { file: folder, cause: error },
  );
}
