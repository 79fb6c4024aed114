import { lstat } from 'node:fs/promises';
import { errorCode, onFile } from '../../base/fileProblem';
import { openRegular } from '../../base/regularFile';

/** Some bytes of a file that grows. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Whether the file went on behind them when they were read. */
  readonly isMoreBehind: boolean;
}

const nothing: FilePart = { bytes: Buffer.alloc(0), isMoreBehind: false };

/**
 * Up to `most` bytes of a file from `offset` on; none where it is missing or not that long. It is opened only when there is
 * something to read. Throws a UserError when it is not a regular file, or cannot be read.
 */
export async function readPart(path: string, offset: number, most: number): Promise<FilePart> {
  if (!(await goesBeyond(path, offset))) return nothing;
  const file = await openRegular(path, 'read');
  try {
    return await onFile(path, async () => {
      const { size } = await file.stat();
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(most, size - offset)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return { bytes: bytes.subarray(0, bytesRead), isMoreBehind: offset + bytesRead < size };
    });
  } finally {
    await file.close();
  }
}

/** What is not a regular file counts as long, so that it is refused. */
async function goesBeyond(path: string, offset: number): Promise<boolean> {
  try {
    const found = await lstat(path);
    return !found.isFile() || found.size > offset;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    return onFile(path, () => Promise.reject(error as Error));
  }
}
