import { UserError } from './errors';

/** The `code` of a file system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Turns an error of the file system into a sentence that names the path and says what to do; other errors are kept. */
export function fileProblem(error: unknown, path: string): unknown {
  const message = sentences[errorCode(error) ?? '']?.(path);
  return message === undefined ? error : new UserError(message, { file: path, cause: error });
}

/** Runs a file operation; its errors come out as UserErrors about `path`. */
export async function onFile<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw fileProblem(error, path);
  }
}

const full = (path: string) => `The disk that holds ${path} is full; free some space and start again.`;
const forbidden = (path: string) =>
  `SFP Lab may not read or write ${path}; change its permissions or choose another folder.`;
const notAFolder = (path: string) => `A file is in the way of the folder ${path}; move it or choose another folder.`;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: (path) => `${path} is on a disk that can only be read; choose another folder.`,
  ENOENT: (path) => `${path} is not there; it may have been moved or deleted.`,
  ENOTDIR: notAFolder,
  EEXIST: notAFolder,
  EMFILE: (path) => `Too many files are open to read or write ${path}; close other programs and try again.`,
};

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
export function cacheProblem(error: unknown, folder: string): UserError | null {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = code === undefined ? undefined : meanings[code];
  if (meaning === undefined) return null;
  return new UserError(
    `The cache folder ${folder} ${meaning}${path ? ` (at ${path})` : ''}: mend that or choose another folder with the ` +
      'environment variable SFP_LAB_CACHE.',
    { file: folder, cause: error },
  );
}
