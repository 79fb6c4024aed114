import { UserError } from './errors';

/** The `code` of a file system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What is wrong with a path when an operation on it fails. */
type Trouble =
  | 'full'
  | 'quotaUsedUp'
  | 'forbidden'
  | 'readOnly'
  | 'missing'
  | 'fileInTheWay'
  | 'folderInTheWay'
  | 'linkLoop'
  | 'tooManyOpenFiles';

const troubles: Readonly<Record<string, Trouble>> = {
  ENOSPC: 'full',
  EDQUOT: 'quotaUsedUp',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'readOnly',
  ENOENT: 'missing',
  ENOTDIR: 'fileInTheWay',
  EEXIST: 'fileInTheWay',
  EISDIR: 'folderInTheWay',
  ELOOP: 'linkLoop',
  EMFILE: 'tooManyOpenFiles',
};

function troubleOf(error: unknown): Trouble | undefined {
  return troubles[errorCode(error) ?? ''];
}

/** Turns an error of the file system into a sentence that names the path and says what to do; other errors are kept. */
export function fileProblem(error: unknown, path: string): unknown {
  const trouble = troubleOf(error);
  return trouble === undefined ? error : new UserError(sentences[trouble](path), { file: path, cause: error });
}

/** Runs a file operation; its errors come out as UserErrors about `path`. */
export async function onFile<Result>(path: string, operation: () => Promise<Result>): Promise<Result> {
  try {
    return await operation();
  } catch (error) {
    throw fileProblem(error, path);
  }
}

const sentences: Readonly<Record<Trouble, (path: string) => string>> = {
  full: (path) => `The disk that holds ${path} is full; free some space and start again.`,
  quotaUsedUp: (path) => `Your quota on the disk that holds ${path} is full; free some space and start again.`,
  forbidden: (path) => `SFP Lab may not read or write ${path}; change its permissions or choose another folder.`,
  readOnly: (path) => `${path} is on a disk that can only be read; choose another folder.`,
  missing: (path) => `${path} is not there; it may have been moved or deleted.`,
  fileInTheWay: (path) => `A file is in the way of the folder ${path}; move it or choose another folder.`,
  folderInTheWay: (path) => `A folder is in the way of the file ${path}; move it or choose another folder.`,
  linkLoop: (path) => `${path} leads through links that lead back to themselves; delete them.`,
  tooManyOpenFiles: (path) => `Too many files are open to read or write ${path}; close other programs and try again.`,
};

/** Whether a sentence, as a failed run keeps it, says that a disk or a quota is full. */
export function isFullDisk(sentence: string): boolean {
  return /\b(?:disk that holds|quota on the disk that holds) .* is full;|has no space left/s.test(sentence);
}

/** Of the cache folder, after its name. Missing files and too many open ones are not the folder's fault. */
const cacheTroubles: Readonly<Partial<Record<Trouble, string>>> = {
  full: 'has no space left',
  quotaUsedUp: 'has no space left in your quota',
  forbidden: 'may not be read or written',
  readOnly: 'is read-only',
  fileInTheWay: 'has a file where a folder is needed',
  folderInTheWay: 'has a folder where a file is needed',
};

/** What to tell when the cache folder cannot be used; null when the error is about something else. */
export function cacheProblem(error: unknown, folder: string): UserError | null {
  const trouble = troubleOf(error);
  const meaning = trouble && cacheTroubles[trouble];
  if (meaning === undefined) return null;
  const { path } = error as NodeJS.ErrnoException;
  return new UserError(
    `The cache folder ${folder} ${meaning}${path ? ` (at ${path})` : ''}: mend that or choose another folder with the ` +
      'environment variable SFP_LAB_CACHE.',
    { file: folder, cause: error },
  );
}
