import { access, stat } from 'node:fs/promises';
import { relative } from 'node:path';

/** The path relative to the working folder where it lies in it, else as given. */
export function shortPath(path: string): string {
  const fromHere = relative('.', path);
  return fromHere === '' ? '.' : fromHere.startsWith('..') ? path : fromHere;
}

/** Whether there is anything at this path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Whether there is something at this path that is not a folder. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}
