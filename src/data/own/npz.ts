import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { mostArrays, type ArrayFile, type StoredArray } from './arrayFile';
import { fail, unreadable } from './fail';
import { mostHeaderBytes } from './npy';
import { npyHeader, openPlain, refuseUnlessWhole } from './npyFiles';

/** No deflated byte becomes more: who claims more lies. */
const mostInflation = 1032;

/**
 * The arrays of an NPZ file, a zip of NPY files. Their checksums are in its directory, so the fingerprint is of the values.
 * Throws a UserError when it is no such file, or an array in it can't have the size that it claims.
 */
export async function openNpz(path: string): Promise<ArrayFile> {
  const file = await openPlain(path);
  let zip: ZipFile | undefined;
  try {
    zip = await fromFdPromise(file.fd, { lazyEntries: true, autoClose: false });
    const entries = await entriesOf(zip, path);
    const arrays = new Map<string, StoredArray>();
    for (const entry of entries) {
      const array = await arrayOf(zip, entry, path);
      arrays.set(array.name, array);
    }
    const marks = entries.map(({ fileName, crc32, uncompressedSize }) => `${fileName} ${crc32} ${uncompressedSize}`);
    // yauzl would close the file by its number, which Node then takes for its own.
    return { arrays, fingerprint: marks.sort().join('\n'), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw unreadable(error, path);
  }
}

async function entriesOf(zip: ZipFile, path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith('.npy')) continue;
    if (entries.length === mostArrays) throw fail(path, `has more than ${mostArrays} arrays`);
    if (entry.uncompressedSize > mostInflation * (entry.compressedSize + 1))
      throw fail(path, `is damaged: "${entry.fileName}" claims ${entry.uncompressedSize} bytes, more than it can have`);
    entries.push(entry);
  }
  return entries;
}

async function arrayOf(zip: ZipFile, entry: Entry, path: string): Promise<StoredArray> {
  const name = entry.fileName.slice(0, -'.npy'.length);
  const header = npyHeader(await beginningOf(zip, entry), path, name);
  refuseUnlessWhole(header, entry.uncompressedSize, path, name);
  return { name, ...header, values: () => valuesOf(zip, entry, header.dataStart) };
}

async function beginningOf(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop ends the stream.
  for await (const part of stream as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= mostHeaderBytes || isHeaderWhole(parts)) break;
  }
  return Buffer.concat(parts);
}

/** Most headers are in the first part that comes. */
function isHeaderWhole([first]: readonly Buffer[]): boolean {
  return first !== undefined && first.length >= 12 && first.length >= 12 + first.readUInt16LE(8) && first[6] === 1;
}

async function* valuesOf(zip: ZipFile, entry: Entry, from: number): AsyncGenerator<Uint8Array> {
  const stream = await zip.openReadStreamPromise(entry);
  let skipped = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    const start = Math.min(from - skipped, part.length);
    skipped += start;
    if (start < part.length) yield part.subarray(start);
  }
}
