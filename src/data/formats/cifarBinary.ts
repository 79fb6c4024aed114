import { type DatasetInfo, type DecodedImages, type ImageSet, pixelsOf } from '../dataset';
import { readArchive } from './archive';
import type { OnDecoded } from './decoder';

const trainingFiles = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
const testFiles = ['test_batch.bin'];

/** The official archive: one record an image, the label's byte and then all red, all green and all blue pixels, row-major. */
export async function decodeCifarBinary(
  [archive]: readonly string[],
  info: DatasetInfo,
  onDecoded: OnDecoded,
): Promise<DecodedImages> {
  const files = await readArchive(archive!, [...trainingFiles, ...testFiles]);
  const decode = (names: readonly string[]): ImageSet =>
    splitRecords(
      names.map((name) => files.get(name)!),
      info,
    );
  const training = decode(trainingFiles);
  await onDecoded(training.images.length);
  const test = decode(testFiles);
  await onDecoded(training.images.length + test.images.length);
  return { training, test };
}

function splitRecords(files: readonly Uint8Array[], info: DatasetInfo): ImageSet {
  const pixels = pixelsOf(info.shape);
  const record = 1 + pixels;
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  if (files.some((file) => file.length % record !== 0)) throw new Error(`a file is no multiple of ${record} bytes`);
  const count = bytes / record;
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const file of files) {
    for (let start = 0; start < file.length; start += record, image++) {
      labels[image] = file[start]!;
      images.set(file.subarray(start + 1, start + record), image * pixels);
    }
  }
  return { count, images, labels };
}
