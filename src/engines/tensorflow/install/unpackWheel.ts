import { mkdir, statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../../base/errors';
import type { Site } from './site';
import { extractFromWheel, unpackedBytes } from './wheel';

/** Left free, as other programs need room too. */
const spareBytes = 200e6;

/** Writes the wanted files of a wheel into `deps`. Throws a UserError when the disk has no room for them. */
export async function unpackWheel(
  { deps, signal, onProgress }: Pick<Site, 'deps' | 'signal' | 'onProgress'>,
  wheel: string,
  placeOf: (name: string) => string | null,
): Promise<void> {
  await mkdir(deps, { recursive: true });
  await requireRoom(deps, wheel, await unpackedBytes(wheel, (name) => placeOf(name) !== null));
  const onBytes = (bytes: number, total: number): void => {
    onProgress({ phase: 'unpacking', source: path.basename(wheel), bytes, total });
  };
  await extractFromWheel(wheel, deps, placeOf, { signal, onBytes });
}

async function requireRoom(folder: string, wheel: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed + spareBytes) return;
  throw new UserError(
    `The disk of ${folder} has ${gigabytes(free)} GB left, and ${path.basename(wheel)} needs ${gigabytes(needed + spareBytes)} GB unpacked: make room, or set SFP_LAB_CACHE to a folder on another disk.`,
    { file: folder },
  );
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
