import { expect, test } from 'vitest';
import { decodeCifar100Binary, decodeCifarBinary } from '../../../../src/data/formats/cifarBinary';
import { decoded, plain } from '../../../fixtures/decoded';
import { cifar100Archive, cifarBinaryArchive, cifarSheetsArchive, tinyDataset } from '../../../fixtures/tinyDataset';

const cifar10 = tinyDataset('cifar10');

test('the official CIFAR-10 archive gives the images and labels that were put in', async () => {
  const archive = await cifarBinaryArchive(cifar10.images);
  expect(plain(await decoded(decodeCifarBinary, [archive], cifar10))).toEqual(plain(cifar10.images));
});

test('an archive without the files is refused', async () => {
  const archive = await cifarSheetsArchive(cifar10.images);
  await expect(decoded(decodeCifarBinary, [archive], cifar10)).rejects.toThrow('has no file data_batch_1.bin');
});

test('the official CIFAR-100 archive gives the images and their fine labels', async () => {
  const cifar100 = tinyDataset('cifar100');
  const archive = await cifar100Archive(cifar100.images);
  expect(plain(await decoded(decodeCifar100Binary, [archive], cifar100))).toEqual(plain(cifar100.images));
});
