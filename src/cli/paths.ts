import { access, stat } from 'node:fs/promises';
import { relative } from 'node:path';

/** A path as short as it can be understood from the working folder. */
export function shortPath(path: string): string {
  const fromHere = relative('.', path);
  return fromHere === '' ? '.' : fromHere.startsWith('..') ? path : fromHere;
}

/** True for anything at this path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** True for a file, or anything else that is not a folder. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}
