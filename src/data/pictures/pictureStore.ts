import { createHash } from 'node:crypto';
import { lstat, mkdir, open, readFile, stat, statfs, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../base/cacheLock';
import { createDurably } from '../../base/durable';
import { cacheProblem, errorCode } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { replaceFolder } from '../../base/wholeFolder';
import { decodedAtATime, decodePicture } from './decodePicture';
import { removeOldStores } from './oldStores';
import type { Decoding, Pixels, StoredPictures } from './pictureSet';
import { aboutSchema, formatVersion, storeFiles, type AboutStore } from './storeFiles';
import { markUse } from './storeUse';

/** Pictures that are to be decoded. */
export interface PictureFiles {
  readonly folder: string;
  readonly files: readonly string[];
}

export interface StoreOptions {
  /** Cache folder. */
  readonly cache: string;
  /**
   * The store has at most so many bytes, and half of what is free. Stores that nobody uses are removed where all together
   * have more than any of them may.
   */
  readonly mostBytes: number;
  readonly signal: AbortSignal;
  readonly onPictures: (pictures: number, total: number) => void;
  readonly onWait: () => void;
}

/** What decoding has come to. */
export interface PictureStore {
  readonly stored: StoredPictures;
  /** Why a picture can't be decoded, by its index. */
  readonly broken: ReadonlyMap<number, string>;
}

/** Bytes of a picture's place: where it begins (float64), width and height (uint16). */
const placeBytes = 12;

/**
 * Decodes all pictures once and keeps in a bounded file of the cache what fits; the rest is decoded again whenever it is wanted,
 * to the same pixels. So every picture is known to be whole before training begins. As long as files, their sizes and times are
 * the same, nothing is decoded again. Several processes may call this at once. Throws a UserError when the cache can't be written.
 */
export async function storePictures(
  files: PictureFiles,
  decoding: Decoding,
  options: StoreOptions,
): Promise<PictureStore> {
  const { cache, signal } = options;
  const parent = join(cache, 'datasets', 'pictures');
  const path = join(parent, digestOf([files.folder, decoding.shorter, decoding.channels]).slice(0, 32));
  try {
    await mkdir(parent, { recursive: true });
    const contents = await contentsOf(files, decoding);
    const wanted = { count: files.files.length, channels: decoding.channels, mostBytes: options.mostBytes };
    const store = await withLock(path, signal, options.onWait, async (locked) => {
      await markUse(path);
      const there = await readStore(path, contents, wanted);
      if (there) return there;
      await replaceFolder(path, (folder) => fill(folder, files, decoding, { ...options, signal: locked }, contents));
      const made = await readStore(path, contents, wanted);
      if (made === null) throw new Error(`${path} changed while it was written`);
      return made;
    });
    await removeOldStores(parent, signal);
    return store;
  } catch (error) {
    throw cacheProblem(error, cache) ?? error;
  }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** By names, sizes and times, as nobody reads a hundred gigabytes to see whether they are the same. */
async function contentsOf({ folder, files }: PictureFiles, decoding: Decoding): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([formatVersion, decoding]));
  const batch = 64;
  for (let from = 0; from < files.length; from += batch) {
    const some = files.slice(from, from + batch);
    const marks = await Promise.all(some.map((file) => markOf(join(folder, file))));
    some.forEach((file, index) => hash.update(`${file}\n${marks[index]}\n`));
  }
  return hash.digest('hex');
}

async function markOf(file: string): Promise<string> {
  const { size, mtimeMs } = await lstat(file);
  return `${size} ${mtimeMs}`;
}

async function readStore(
  path: string,
  contents: string,
  { count, channels, mostBytes }: { readonly count: number; readonly channels: number; readonly mostBytes: number },
): Promise<PictureStore | null> {
  try {
    const about = aboutSchema.safeParse(parseJson(await readFile(join(path, storeFiles.about), 'utf8'))).data;
    if (about?.contents !== contents || !hasWhatItMay(about, mostBytes)) return null;
    const file = join(path, storeFiles.pictures);
    const places = await readFile(join(path, storeFiles.places));
    if (places.length !== count * placeBytes || (await stat(file)).size !== about.bytes) return null;
    const stored = placesIn(places, count, file);
    const isSound = liesWithin(stored, about.bytes, channels) && about.broken.every(([index]) => index < count);
    return isSound ? { stored, broken: new Map(about.broken) } : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Whether every stored picture is some pixels of the file. */
function liesWithin({ offsets, widths, heights }: StoredPictures, bytes: number, channels: number): boolean {
  return offsets.every((offset, index) => {
    const length = widths[index]! * heights[index]! * channels;
    return offset === -1 || (Number.isSafeInteger(offset) && offset >= 0 && length > 0 && offset + length <= bytes);
  });
}

/** One that was cut short by a smaller bound is made again. */
function hasWhatItMay(about: AboutStore, mostBytes: number): boolean {
  return about.bytes <= mostBytes && (about.isWhole || about.mostBytes >= mostBytes);
}

function placesIn(places: Buffer, count: number, file: string): StoredPictures {
  const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(count * bytes);
  const stored = {
    file,
    offsets: new Float64Array(shared(8)),
    widths: new Uint16Array(shared(2)),
    heights: new Uint16Array(shared(2)),
  };
  for (let index = 0; index < count; index++) {
    stored.offsets[index] = places.readDoubleLE(placeBytes * index);
    stored.widths[index] = places.readUInt16LE(placeBytes * index + 8);
    stored.heights[index] = places.readUInt16LE(placeBytes * index + 10);
  }
  return stored;
}

async function fill(
  folder: string,
  files: PictureFiles,
  decoding: Decoding,
  { mostBytes, signal, onPictures }: StoreOptions,
  contents: string,
): Promise<void> {
  const most = Math.min(mostBytes, (await freeBytes(folder)) / 2);
  const total = files.files.length;
  const places = Buffer.alloc(total * placeBytes);
  const broken: [number, string][] = [];
  const file = await open(join(folder, storeFiles.pictures), 'wx');
  let bytes = 0;
  let isWhole = true;
  try {
    let index = 0;
    for await (const picture of decodedInOrder(files, decoding)) {
      signal.throwIfAborted();
      places.writeDoubleLE(-1, placeBytes * index);
      if (typeof picture === 'string') broken.push([index, picture]);
      else if (isWhole && bytes + picture.data.length <= most) {
        places.writeDoubleLE(bytes, placeBytes * index);
        places.writeUInt16LE(picture.width, placeBytes * index + 8);
        places.writeUInt16LE(picture.height, placeBytes * index + 10);
        bytes += await append(file, picture);
      } else isWhole = false;
      onPictures(++index, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await writeFile(join(folder, storeFiles.places), places, { flush: true });
  const about: AboutStore = { formatVersion, contents, bytes, mostBytes, isWhole, broken };
  await createDurably(join(folder, storeFiles.about), JSON.stringify(about));
}

async function append(file: FileHandle, { data }: Pixels): Promise<number> {
  await file.writeFile(data);
  return data.length;
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** Each picture, or why it can't be decoded; some are decoded ahead. */
async function* decodedInOrder({ folder, files }: PictureFiles, decoding: Decoding): AsyncGenerator<Pixels | string> {
  const ahead: Promise<Pixels | string>[] = [];
  const start = (file: string): Promise<Pixels | string> =>
    decodePicture(join(folder, file), decoding).catch((error: unknown) => reasonOf(error));
  for (const file of files) {
    ahead.push(start(file));
    if (ahead.length > decodedAtATime) yield await ahead.shift()!;
  }
  for (const picture of ahead) yield await picture;
}

/** The first line of what a library says; paths in it are the file's own. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]!.slice(0, 200);
}
