import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeIdxFiles, decodeIdxPackage } from '../../../../src/data/formats/idx';
import { decoded, plain } from '../../../fixtures/decoded';
import { idxArchive, idxFiles, tinyDataset } from '../../../fixtures/tinyDataset';

const mnist = tinyDataset('mnist');
const [images, labels, testImages, testLabels] = [...idxFiles(mnist.images).values()] as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

const decodedFiles = (...files: readonly Uint8Array[]) =>
  decoded(
    decodeIdxFiles,
    files.map((content) => gzipSync(content)),
    mnist,
  );

describe('the images and labels that were put in come', () => {
  test('from the official files of MNIST', async () => {
    expect(plain(await decodedFiles(images, labels, testImages, testLabels))).toEqual(plain(mnist.images));
  });

  test('from the npm package of MNIST', async () => {
    const archive = await idxArchive(mnist.images);
    expect(plain(await decoded(decodeIdxPackage, [archive], mnist))).toEqual(plain(mnist.images));
  });
});

describe('what does not have the format is refused', () => {
  test('a file that ends early, or is not an IDX file', async () => {
    const withImages = (content: Uint8Array) => decodedFiles(content, labels, testImages, testLabels);
    await expect(withImages(images.subarray(0, -1))).rejects.toThrow('10 x 28 x 28 has 7839 bytes');
    await expect(withImages(images.subarray(0, 10))).rejects.toThrow('ends in its header');
    await expect(withImages(Buffer.from('<html>'))).rejects.toThrow('not an IDX file');
  });

  test('images and labels of different numbers', async () => {
    await expect(decodedFiles(images, testLabels, testImages, testLabels)).rejects.toThrow('do not fit');
  });
});
