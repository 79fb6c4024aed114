import { statfs } from 'node:fs/promises';
import { isFullDisk } from '../../../base/fileProblem';
import { readManifest } from '../../../runs/folder/manifest';

/** A checkpoint needs more. */
const leastBytes = 16 * 2 ** 20;

/** A sentence why no further run is to be started where one has failed because its disk, or the user's share of it, is full; else null. */
export async function fullDisk(folder: string): Promise<string | null> {
  const { error } = await readManifest(folder).catch(() => ({ error: null }));
  const isFull = (error !== null && isFullDisk(error)) || (await freeBytes(folder)) < leastBytes;
  if (!isFull) return null;
  return `The disk that holds ${folder} is full, so the queue has paused itself; free some space and let it go on.`;
}

async function freeBytes(folder: string): Promise<number> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );
}
