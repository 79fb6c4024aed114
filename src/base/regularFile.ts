import { constants, type Stats } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { UserError } from './errors';
import { errorCode, onFile } from './fileProblem';

/** Links are not followed and pipes not waited for; both are undefined on Windows, which makes 0 of them here. */
const careful = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Where the system refuses links by itself, reading needs no look before: nothing is changed by opening something else. */
const refusesLinks = careful !== 0;

const flagsFor = {
  read: constants.O_RDONLY,
  /** Made when it is missing. */
  append: constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
  /** Fails with `EEXIST` when anything has the name. */
  create: constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
  /** To be shortened, or written in the middle. */
  change: constants.O_RDWR,
} as const;

/**
 * Opens a file that somebody else may have put there: a link is not followed, and a folder, a pipe or a device is refused, each
 * with a UserError; so are the other problems of a file, but for a missing one (`ENOENT`), which is thrown as it is.
 */
export async function openRegular(path: string, purpose: keyof typeof flagsFor): Promise<FileHandle> {
  return (await openLooked(path, purpose)).file;
}

/** A file that was opened, and what was seen of it then. */
export interface OpenedFile {
  readonly file: FileHandle;
  readonly found: Stats;
}

/** As `openRegular`. */
export async function openLooked(path: string, purpose: keyof typeof flagsFor): Promise<OpenedFile> {
  if (purpose !== 'read' || !refusesLinks) await refuseUnlessRegular(path);
  try {
    const file = await open(path, flagsFor[purpose] | careful);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw notRegular(path);
      return { file, found };
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw error;
    if (errorCode(error) === 'ELOOP' || errorCode(error) === 'ENXIO') {
      // Links that lead round in a circle above the file have their own sentence.
      await refuseUnlessRegular(path);
      throw notRegular(path);
    }
    return onFile(path, () => Promise.reject(error as Error));
  }
}

/** The same, but null for a missing file. */
export async function openRegularIfThere(path: string, purpose: keyof typeof flagsFor): Promise<FileHandle | null> {
  return nullIfMissing(openRegular(path, purpose));
}

/** Null instead of the error of a missing file. */
export async function nullIfMissing<T>(opening: Promise<T>): Promise<T | null> {
  return opening.catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
}

/**
 * All of a file that somebody else may have put there, as `openRegular`. Throws a UserError with the `remedy` ("compact the run
 * again") when it is longer than `most` bytes: no memory is taken for it.
 */
export async function readRegular(path: string, most: number, remedy: string): Promise<Buffer> {
  return (await readLooked(path, most, remedy)).bytes;
}

/** As `readRegular`, with what was seen of the file before it was read. */
export async function readLooked(
  path: string,
  most: number,
  remedy: string,
): Promise<{ readonly bytes: Buffer; readonly found: Stats }> {
  const { file, found } = await openLooked(path, 'read');
  try {
    if (found.size > most) throw new UserError(`${path} is larger than such a file can be; ${remedy}.`, { file: path });
    return { bytes: await onFile(path, () => bytesOf(file, found.size)), found };
  } finally {
    await file.close();
  }
}

/** So many bytes from the beginning, fewer where the file is shorter now. Asks the system for nothing else, as a list reads a thousand. */
async function bytesOf(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (let read = -1; read !== 0 && end < size; end += read) {
    read = (await file.read(bytes, end, size - end, end)).bytesRead;
  }
  return bytes.subarray(0, end);
}

/** Throws a UserError when there is something at `path` that is not a regular file. */
export async function refuseUnlessRegular(path: string): Promise<void> {
  const found = await onFile(path, () => lookAt(path));
  if (found !== null && !found.isFile()) throw notRegular(path);
}

/** Throws a UserError when there is something at `path` that is not a folder itself, such as a link to one. */
export async function refuseUnlessFolder(path: string): Promise<void> {
  const found = await onFile(path, () => lookAt(path));
  if (found !== null && !found.isDirectory())
    throw new UserError(`${path} is not a folder itself but a link, or something else; SFP Lab does not follow it.`, {
      file: path,
    });
}

/** What is at a path, a link as the link that it is; null where nothing is. Throws the errors of the system. */
export async function lookAt(path: string): Promise<Stats | null> {
  return nullIfMissing(lstat(path));
}

function notRegular(path: string): UserError {
  return new UserError(
    `${path} is not a file but a link, a folder, a pipe or a device; SFP Lab does not use it. Move it away if you did not put it there.`,
    { file: path },
  );
}
