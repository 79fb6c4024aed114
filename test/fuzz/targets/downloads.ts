import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { Header } from 'tar';
import { randomStream, type RandomStream } from '../../../src/base/random';
import type { KnownDatasetInfo } from '../../../src/data/dataset';
import { decodeSource, type SourceFormat } from '../../../src/data/formats/decode';
import { datasetInfo } from '../../../src/data/sets/datasetInfo';
import { extractFromWheel, readFromWheel, unpackedBytes } from '../../../src/engines/tensorflow/install/wheel';
import { mutatedBytes, mutatedJson, pick } from '../mutations';
import { isReasoned, target, type FuzzTarget } from '../target';

/**
 * What is downloaded. Data sets are decoded once their checksum was right, wheels may be any file that a user names; both are
 * read below the code that says to people which source failed, so an error with a reason is all that they owe.
 */

const random = randomStream(7, 'samples of downloads');
const randomBytes = (count: number, below = 256): Buffer =>
  Buffer.from(Array.from({ length: count }, () => random.below(below)));

/** A tar archive of these files. */
function tarOf(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts = [...files].flatMap(([path, content]) => {
    const header = new Header({ path, size: content.length, mode: 0o644, type: 'File' });
    header.encode();
    return [header.block!, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

/** One of the files is another one, or the archive around them, packed or as it is. */
function mutatedArchive(
  files: ReadonlyMap<string, Uint8Array>,
  stream: RandomStream,
  change: (name: string, content: Uint8Array) => Uint8Array,
): Uint8Array {
  const chosen = pick(stream, [...files.keys()]);
  const inside = stream.below(2) === 0;
  const changed = new Map(
    [...files].map(([name, content]) => [name, inside && name === chosen ? change(name, content) : content]),
  );
  const archive = tarOf(changed);
  if (inside) return archive;
  return stream.below(2) === 0 ? mutatedBytes(archive, stream) : mutatedBytes(gzipSync(archive, { level: 1 }), stream);
}

function small(name: 'cifar10' | 'cifar100' | 'mnist'): KnownDatasetInfo {
  return { ...datasetInfo(name), trainingCount: 5, testCount: 1 };
}

const pixels = 3 * 32 * 32;
const batches = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);

const binaryFiles = new Map(
  [...batches, 'test_batch'].map((name) => [
    `cifar/${name}.bin`,
    Buffer.concat([randomBytes(1, 10), randomBytes(pixels)]),
  ]),
);

const fineFiles = new Map([
  ['cifar/train.bin', Buffer.concat(Array.from({ length: 5 }, () => randomBytes(2 + pixels, 20)))],
  ['cifar/test.bin', randomBytes(2 + pixels, 20)],
]);

/** A PNG of one row: 1024 pixels of three colours. */
function sheet(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(1024, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return pngOf([
    ['IHDR', header],
    ['IDAT', deflateSync(Buffer.concat([Buffer.alloc(1), randomBytes(pixels)]))],
    ['IEND', Buffer.alloc(0)],
  ]);
}

function pngOf(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

/** The chunks of a PNG, one of them changed under a checksum that is right. */
function mutatedPng(png: Uint8Array, stream: RandomStream): Uint8Array {
  const bytes = Buffer.from(png);
  const chunks: [string, Uint8Array][] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    chunks.push([bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  const chosen = pick(stream, chunks);
  chosen[1] = mutatedBytes(chosen[1], stream);
  return pngOf(chunks);
}

const labels = (count: number): Buffer =>
  Buffer.from(JSON.stringify(Array.from({ length: count }, () => random.below(10))));
const sheetFiles = new Map<string, Uint8Array>([
  ...[...batches, 'test_batch'].map((name) => [`package/${name}.png`, sheet()] as const),
  ['package/train_lables.json', labels(5)],
  ['package/test_lables.json', labels(1)],
]);

function idx(dimensions: readonly number[], data: Buffer): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((size, index) => header.writeUInt32BE(size, 4 + 4 * index));
  return Buffer.concat([header, data]);
}
const idxFiles = new Map([
  ['package/data/train-images-idx3-ubyte', idx([5, 28, 28], randomBytes(5 * 784))],
  ['package/data/train-labels-idx1-ubyte', idx([5], randomBytes(5, 10))],
  ['package/data/t10k-images-idx3-ubyte', idx([1, 28, 28], randomBytes(784))],
  ['package/data/t10k-labels-idx1-ubyte', idx([1], randomBytes(1, 10))],
]);

type Change = (name: string, content: Uint8Array, stream: RandomStream) => Uint8Array;

function archiveTarget(
  name: string,
  format: SourceFormat,
  files: ReadonlyMap<string, Uint8Array>,
  change: Change,
): FuzzTarget {
  const info = small(format === 'cifar100Binary' ? 'cifar100' : format.startsWith('cifar') ? 'cifar10' : 'mnist');
  return target<Uint8Array>(name, (folder) =>
    Promise.resolve({
      isRefusal: isReasoned,
      make: (stream) => mutatedArchive(files, stream, (file, content) => change(file, content, stream)),
      read: async (bytes) => {
        const file = join(folder, 'archive.tgz');
        await writeFile(file, bytes);
        const { training, test } = await decodeSource(format, [file], info, () => undefined);
        for (const { count, images, labels } of [training, test])
          if (labels.length !== count || images.length % Math.max(1, count) !== 0)
            throw new Error('Counts do not fit.');
      },
    }),
  );
}

export const downloadTargets: readonly FuzzTarget[] = [
  archiveTarget('CIFAR-10 archive', 'cifarBinary', binaryFiles, (_, content, stream) => mutatedBytes(content, stream)),
  archiveTarget('CIFAR-100 archive', 'cifar100Binary', fineFiles, (_, content, stream) =>
    mutatedBytes(content, stream),
  ),
  archiveTarget('CIFAR-10 sheets', 'cifarSheets', sheetFiles, (name, content, stream) => {
    if (name.endsWith('.json')) return mutatedJson(JSON.parse(Buffer.from(content).toString()), stream);
    return stream.below(2) === 0 ? mutatedPng(content, stream) : mutatedBytes(content, stream);
  }),
  archiveTarget('MNIST package', 'idxPackage', idxFiles, (_, content, stream) => mutatedBytes(content, stream)),
  target<Uint8Array>('wheel', (folder) => {
    const sample = zipSync({
      'tensorflow/libtensorflow_cc.so.2': strToU8('library '.repeat(200)),
      'tensorflow/include/tensorflow/c/c_api.h': strToU8('#define'),
      'tensorflow-2.21.0.dist-info/METADATA': strToU8('Name: tensorflow\nVersion: 2.21.0\n'),
    });
    const { signal } = new AbortController();
    return Promise.resolve({
      isRefusal: isReasoned,
      make: (stream) => mutatedBytes(sample, stream),
      read: async (bytes) => {
        const file = join(folder, 'some.whl');
        await writeFile(file, bytes);
        await unpackedBytes(file, () => true);
        await readFromWheel(file, /\.dist-info\/METADATA$/);
        const place = (name: string): string => name.replaceAll(/[^\w./-]/g, '_').slice(0, 100);
        await extractFromWheel(file, join(folder, 'out'), place, { signal, onBytes: () => undefined });
      },
    });
  }),
];
