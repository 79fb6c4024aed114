import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { errorCode, onFile } from '../../base/fileProblem';

/** What tells one content of a file from another without reading it. */
export interface FileMark {
  /** Equal for equal content once it is settled; empty when there is no file. */
  readonly text: string;
  /** False while the file is so young that it may change again within the clock tick that it has now. */
  readonly isSettled: boolean;
}

/** The coarsest clock of a file system in use, that of FAT. */
const clockTick = 2000;

/** The mark of what is at a path; a link is not followed. Throws a UserError where the folder may not be looked at. */
export async function fileMark(path: string): Promise<FileMark> {
  try {
    return markOf(await lstat(path));
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return { text: '', isSettled: false };
    return onFile(path, () => Promise.reject(error as Error));
  }
}

/** The mark of a file of which this was seen just now. */
export function markOf({ mtimeMs, size, ino }: Stats): FileMark {
  return { text: `${mtimeMs} ${size} ${ino}`, isSettled: mtimeMs < Date.now() - clockTick };
}
