import { mkdir, rename, rm } from 'node:fs/promises';
import { syncFolder, syncParent } from './durable';
import { errorCode } from './fileProblem';

/** What ends so is no folder that counts: it is being written, or deleted. */
export const unfinishedEnding = '.partial';
const outdatedEnding = `.outdated${unfinishedEnding}`;

/**
 * Makes a folder, or replaces it: it has its name when all is in it that `fill` has written into the folder that it is given,
 * after a power loss too. `fill` syncs the files, by `createDurably`. Returns when it is on the disk. The folder around it must
 * be there and be no link; a link that has the folder's own name is replaced, not followed.
 */
export async function replaceFolder(path: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const unfinished = `${path}${unfinishedEnding}`;
  // One that a broken-off program left is no use to anybody.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  try {
    await fill(unfinished);
    await syncFolder(unfinished);
    await removeFolder(path);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await syncParent(path);
}

/** Deletes a folder, or what else has its name; half of one is never taken for the whole, as it loses its name first. */
export async function removeFolder(path: string): Promise<void> {
  const outdated = `${path}${outdatedEnding}`;
  await rm(outdated, { recursive: true, force: true });
  try {
    await rename(path, outdated);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  await syncParent(path);
  await rm(outdated, { recursive: true, force: true });
}
