import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from './fileProblem';
import { openRegular } from './regularFile';

/** Makes a new file and returns when its bytes are on the disk; its name is when `syncFolder` of its folder has returned. */
export async function createDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await openRegular(path, 'create');
  try {
    await file.writeFile(content);
    await unlessUnable(() => file.sync());
  } finally {
    await file.close();
  }
}

/** Returns when the bytes of a file are on the disk, whoever wrote them. A missing file is none. */
export async function syncFile(path: string): Promise<void> {
  try {
    // Windows syncs only what is open for writing.
    const file = await openRegular(path, process.platform === 'win32' ? 'change' : 'read');
    await unlessUnable(() => file.sync()).finally(() => file.close());
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** Returns when the names in a folder (made, renamed, deleted ones) are on the disk. Windows keeps them by itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await unlessUnable(() => folder.sync());
  } finally {
    await folder.close();
  }
}

/** The same for the folder that a path is in. */
export function syncParent(path: string): Promise<void> {
  return syncFolder(dirname(path));
}

/** Makes a folder, and those above it, where they are missing; returns when all their names are on the disk. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(path); ; made = dirname(made)) {
    await syncParent(made);
    if (made === resolve(first)) return;
  }
}

/** Some network and FUSE file systems can’t sync folders, or anything; what they are given they keep in their own way. */
async function unlessUnable(sync: () => Promise<void>): Promise<void> {
  try {
    await sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
  }
}
