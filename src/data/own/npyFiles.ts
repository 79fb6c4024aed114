import { constants } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOf } from '../../formats/tensor';
import { fail } from './fail';
import { mostArrays, type ArrayFile, type StoredArray } from './arrayFile';
import { mostHeaderBytes, readNpyHeader, type NpyHeader } from './npy';
import { bytesOf } from './valueTypes';

/** The NPY files of a folder, each by its name without ending. Throws a UserError when one of them is none. */
export async function openNpyFolder(folder: string): Promise<ArrayFile> {
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.npy'))
    .map(({ name }) => name)
    .sort();
  if (files.length > mostArrays)
    throw fail(folder, `has ${files.length} NPY files; at most ${mostArrays} are looked at`);
  const arrays = new Map<string, StoredArray>();
  const marks: string[] = [];
  for (const file of files) {
    const { array, mark } = await lookAt(join(folder, file), file.slice(0, -'.npy'.length));
    arrays.set(array.name, array);
    marks.push(`${array.name} ${mark}`);
  }
  return { arrays, fingerprint: marks.join('\n'), close: () => Promise.resolve() };
}

async function lookAt(path: string, name: string): Promise<{ array: StoredArray; mark: string }> {
  const file = await openPlain(path);
  try {
    const { size } = await file.stat();
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(size, mostHeaderBytes)), 0, undefined, 0);
    const header = npyHeader(buffer.subarray(0, bytesRead), path, name);
    refuseUnlessWhole(header, size, path, name);
    const values = (): AsyncIterable<Uint8Array> => valuesOf(path, header.dataStart);
    return { array: { name, ...header, values }, mark: String(size) };
  } finally {
    await file.close();
  }
}

/** Does not wait for a pipe that has the name. */
export function openPlain(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

async function* valuesOf(path: string, from: number): AsyncGenerator<Uint8Array> {
  const file = await openPlain(path);
  try {
    yield* file.createReadStream({ start: from, autoClose: false, highWaterMark: 1 << 20 });
  } finally {
    await file.close();
  }
}

/** The header of an array called `name` in the file at `path`. Throws a UserError when it is none. */
export function npyHeader(bytes: Uint8Array, path: string, name: string): NpyHeader {
  try {
    return readNpyHeader(bytes);
  } catch (error) {
    throw fail(path, `can’t be read: "${name}" ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Throws a UserError when an array of so many bytes, header included, does not have the values that its shape promises. */
export function refuseUnlessWhole(
  { shape, type, dataStart }: NpyHeader,
  bytes: number,
  path: string,
  name: string,
): void {
  if (typeof type === 'object' && 'problem' in type) return;
  const valueBytes = typeof type === 'object' ? type.characters * type.bytes : bytesOf[type];
  if (dataStart + sizeOf(shape) * valueBytes === bytes) return;
  throw fail(
    path,
    `is damaged: "${name}" has ${bytes - dataStart} bytes of values, and its shape [${shape.join(', ')}] means another number`,
  );
}
