import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';

export interface ExtractOptions {
  readonly signal: AbortSignal;
  /** Called with the number of bytes written so far, and of all that will be. */
  readonly onBytes: (bytes: number, total: number) => void;
}

/**
 * Writes files of a Python wheel (a zip) into a folder. `placeOf` gives the place in the folder for a file of the wheel, or null
 * for one that is not wanted. A place outside the folder is an Error, whoever made the wheel. Gives the places that were written.
 */
export async function extractFromWheel(
  wheel: string,
  folder: string,
  placeOf: (name: string) => string | null,
  { signal, onBytes }: ExtractOptions,
): Promise<string[]> {
  const wanted = (await entriesOf(wheel)).flatMap(({ fileName, uncompressedSize }) => {
    const place = fileName.endsWith('/') ? null : placeOf(fileName);
    return place === null ? [] : [{ fileName, uncompressedSize, place: inside(folder, place) }];
  });
  const places = new Map(wanted.map(({ fileName, place }) => [fileName, place]));
  const total = wanted.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  let bytes = 0;
  await forEachEntry(wheel, async (zip, entry) => {
    const place = places.get(entry.fileName);
    if (place === undefined) return;
    await mkdir(path.dirname(place), { recursive: true });
    const counted = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        bytes += chunk.length;
        onBytes(bytes, total);
        done(null, chunk);
      },
    });
    await pipeline(await zip.openReadStreamPromise(entry), counted, createWriteStream(place), { signal });
  });
  return [...places.values()];
}

/** Bytes that the wanted files will take. */
export async function unpackedBytes(wheel: string, isWanted: (name: string) => boolean): Promise<number> {
  const entries = await entriesOf(wheel);
  return entries.reduce((sum, entry) => sum + (isWanted(entry.fileName) ? entry.uncompressedSize : 0), 0);
}

/** The text of the first file whose name matches; null where there is none. */
export async function readFromWheel(wheel: string, name: RegExp): Promise<string | null> {
  let found: string | null = null;
  await forEachEntry(wheel, async (zip, entry) => {
    if (found === null && name.test(entry.fileName)) found = await text(await zip.openReadStreamPromise(entry));
  });
  return found;
}

async function entriesOf(wheel: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  await forEachEntry(wheel, (_, entry) => {
    entries.push(entry);
    return Promise.resolve();
  });
  return entries;
}

/** yauzl checks sizes and refuses names that lead out of the archive. */
async function forEachEntry(wheel: string, act: (zip: ZipFile, entry: Entry) => Promise<void>): Promise<void> {
  const zip = await openPromise(wheel, { lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) await act(zip, entry);
  } finally {
    zip.close();
  }
}

function inside(folder: string, place: string): string {
  const whole = path.resolve(folder, place);
  if (whole.startsWith(path.resolve(folder) + path.sep)) return whole;
  throw new Error(`it wants to write ${place}, which is outside its folder`);
}
