import { isAbsolute, join } from 'node:path';
import type { RunConfig } from '../../config/schema';

/** Where a config's own images are: absolute. Null where it takes a known data set. */
export function ownPath({ arrays }: Pick<RunConfig['data'], 'arrays'>, folder: string): string | null {
  if (arrays === null) return null;
  return isAbsolute(arrays) ? arrays : join(folder, arrays);
}
