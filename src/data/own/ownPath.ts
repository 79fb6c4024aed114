import { isAbsolute, join } from 'node:path';
import type { RunConfig } from '../../config/schema';

/** Where a config's own images are: absolute. Null where it takes a known data set. */
export function ownPath({ arrays, folder }: Pick<RunConfig['data'], 'arrays' | 'folder'>, from: string): string | null {
  const path = arrays ?? folder;
  if (path === null) return null;
  return isAbsolute(path) ? path : join(from, path);
}
