import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Dataset, type DatasetName, type ImageSet, pixelsOf } from '../../src/data/dataset';
import { ensureDataset, openDataset } from '../../src/data/sets/datasets';
import { imagesInMemory } from '../fixtures/imagesInMemory';

function histogram({ labels }: ImageSet): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

function channelMeans({ images, count }: ImageSet, channels: number): number[] {
  const area = images.length / count / channels;
  const sums = new Array<number>(channels).fill(0);
  for (let start = 0; start < images.length; start += area) {
    let sum = 0;
    for (let index = start; index < start + area; index++) sum += images[index]!;
    sums[(start / area) % channels]! += sum;
  }
  return sums.map((sum) => sum / count / area);
}

async function inMemory(name: DatasetName): Promise<Dataset> {
  const { training, test: tested, ...others } = await openDataset(name);
  const [images, testImages] = [
    await imagesInMemory(training, others.shape),
    await imagesInMemory(tested, others.shape),
  ];
  return { ...others, training: images, test: testImages };
}

describe('CIFAR-10 in the cache', () => {
  let cifar10: Dataset;
  beforeAll(async () => {
    await ensureDataset('cifar10');
    cifar10 = await inMemory('cifar10');
  });

  test('has 5000 training and 1000 test images of each class', () => {
    expect(histogram(cifar10.training)).toEqual(new Array(10).fill(5000));
    expect(histogram(cifar10.test)).toEqual(new Array(10).fill(1000));
  });

  test('has the known channel means', () => {
    const means = channelMeans(cifar10.training, 3);
    [125.307, 122.95, 113.865].forEach((mean, channel) => {
      expect(means[channel]).toBeCloseTo(mean, 3);
    });
  });

  test('begins with the known images', () => {
    expect([...cifar10.training.labels.subarray(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    expect([...cifar10.test.labels.subarray(0, 10)]).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
    // Red, green and blue of the frog's first pixel.
    expect([0, 1024, 2048].map((index) => cifar10.training.images[index])).toEqual([59, 62, 63]);
  });

  test('is the official archive, file by file', () => {
    // MD5 of the files inside cifar-10-binary.tar.gz.
    const files = [
      '5dd7e06a14cb22eb9f671a540d1b7c25',
      '5ea93a67294ea407fff1d09f752e9692',
      '942cd6a4bcdd0dd3c604fbe906cb4421',
      'ae636b3ba5c66a11e91e8cb52e771fcb',
      '53f37980c15c3d472c316c40844f3f0d',
    ];
    files.forEach((md5, batch) => {
      expect(md5OfRecords(cifar10.training, batch * 10_000)).toBe(md5);
    });
    expect(md5OfRecords(cifar10.test, 0)).toBe('803d5f7f4d78ea53de84dbe85f74fb6d');
  });

  /** Of 10,000 images as the official files hold them: label, red, green, blue. */
  function md5OfRecords(set: ImageSet, first: number): string {
    const pixels = pixelsOf(cifar10.shape);
    const hash = createHash('md5');
    for (let image = first; image < first + 10_000; image++) {
      hash.update(set.labels.subarray(image, image + 1));
      hash.update(set.images.subarray(image * pixels, (image + 1) * pixels));
    }
    return hash.digest('hex');
  }
});

test('MNIST in the cache has the known numbers of digits and the known mean', async () => {
  await ensureDataset('mnist');
  const mnist = await inMemory('mnist');
  expect(histogram(mnist.training)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  expect(histogram(mnist.test)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  expect(channelMeans(mnist.training, 1)[0]! / 255).toBeCloseTo(0.1307, 4);
});
