import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../base/fileProblem';
import {
  type ByteImageSet,
  type DecodedImages,
  type FileDataset,
  type FileImageSet,
  type KnownDatasetInfo,
  pixelsOf,
} from '../dataset';

/**
 * A decoded data set on disk, made to be read image by image: a header of fixed size, then training images,
 * training labels, test images and test labels. Numbers in the header are little-endian, 32 bits, in the order of
 * `headerNumbers`; before them stands the magic text, after them the SHA-256 of all that follows the header.
 */
const magic = 'SFPDATA\n';
const formatVersion = 1;
const headerBytes = 128;
const numbersAt = magic.length;

function headerNumbers(info: KnownDatasetInfo): number[] {
  const { channels, height, width } = info.shape;
  return [formatVersion, info.trainingCount, info.testCount, channels, height, width, info.classes.length];
}

/** The header of a data set's cache file; all its numbers are known in advance. */
function headerOf(info: KnownDatasetInfo, sha256: string): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 'latin1');
  const numbers = headerNumbers(info);
  numbers.forEach((number, index) => header.writeUInt32LE(number, numbersAt + 4 * index));
  header.write(sha256, digestAt(numbers), 'hex');
  return header;
}

function digestAt(numbers: readonly number[]): number {
  return numbersAt + 4 * numbers.length;
}

/** The file's size without its header. */
export function decodedBytes(info: KnownDatasetInfo): number {
  return (info.trainingCount + info.testCount) * (pixelsOf(info.shape) + 1);
}

/** SHA-256 of decoded images, in the order of the cache file. */
export function digestOf({ training, test }: DecodedImages): string {
  const hash = createHash('sha256');
  for (const part of partsOf(training, test)) hash.update(part);
  return hash.digest('hex');
}

function partsOf(training: ByteImageSet, test: ByteImageSet): Uint8Array[] {
  return [training.images, training.labels, test.images, test.labels];
}

/** Writes under another name and renames, so that a file with this name is always whole. */
export async function writeCache(path: string, info: KnownDatasetInfo, images: DecodedImages): Promise<void> {
  await removeLeftovers(path);
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, 'w');
  try {
    const header = headerOf(info, info.sha256 ?? digestOf(images));
    for (const part of [header, ...partsOf(images.training, images.test)]) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Removes the temporary files of writers that were killed. */
async function removeLeftovers(path: string): Promise<void> {
  const names = await readdir(dirname(path));
  const leftovers = names.filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'));
  await Promise.all(leftovers.map((name) => rm(join(dirname(path), name), { force: true })));
}

export type CacheState = 'good' | 'missing' | 'damaged';

/** Reads the whole file and compares it with what the data set must be. */
export async function checkCache(
  path: string,
  info: KnownDatasetInfo,
  onBytes: (bytes: number) => void,
): Promise<CacheState> {
  return withFile(path, async (file) => {
    const sha256 = await digestInHeader(file, info);
    if (sha256 === null) return 'damaged';
    const hash = createHash('sha256');
    await hashFrom(file, hash, onBytes);
    return hash.digest('hex') === sha256 ? 'good' : 'damaged';
  });
}

async function hashFrom(file: FileHandle, hash: Hash, onBytes: (bytes: number) => void): Promise<void> {
  const chunk = Buffer.alloc(4 << 20);
  for (let position = headerBytes; ;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
    onBytes(position - headerBytes);
  }
}

/**
 * The digest that a file with this header must have; null when header or size are wrong. A flipped bit among the images goes
 * unnoticed. Of a data set whose images are known by their sources alone, the header has the digest they were written with.
 */
async function digestInHeader(file: FileHandle, info: KnownDatasetInfo): Promise<string | null> {
  const header = Buffer.alloc(headerBytes);
  await file.read(header, 0, headerBytes, 0);
  const start = digestAt(headerNumbers(info));
  const sha256 = info.sha256 ?? header.toString('hex', start, start + 32);
  const isRight =
    header.equals(headerOf(info, sha256)) && (await file.stat()).size === headerBytes + decodedBytes(info);
  return isRight ? sha256 : null;
}

/** Checks header and size of a cache file and reads its labels; its images stay where they are. */
export async function openCache(path: string, info: KnownDatasetInfo): Promise<FileDataset | 'missing' | 'damaged'> {
  return withFile(path, async (file) => {
    if ((await digestInHeader(file, info)) === null) return 'damaged';
    let position = headerBytes;
    const nextSet = async (count: number): Promise<FileImageSet> => {
      const offset = position;
      const labels = new Uint8Array(new SharedArrayBuffer(count));
      position += count * pixelsOf(info.shape);
      await readFully(file, labels, position);
      position += count;
      return { count, file: path, offset, labels };
    };
    const training = await nextSet(info.trainingCount);
    const test = await nextSet(info.testCount);
    const { name, shape, classes, mean, std } = info;
    return { name, shape, classes, mean, std, training, test };
  });
}

async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < target.length;) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    done += bytesRead;
  }
}

async function withFile<Result>(path: string, use: (file: FileHandle) => Promise<Result>): Promise<Result | 'missing'> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'missing';
    throw error;
  }
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}
