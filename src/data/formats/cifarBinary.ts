import { type KnownDatasetInfo, type ByteImageSet, pixelsOf } from '../dataset';
import { readArchive } from './archive';
import type { Decoder } from './decoder';

/** Where the images of an official archive are. */
interface Layout {
  readonly training: readonly string[];
  readonly test: readonly string[];
  /** Bytes of labels in front of an image; the last one counts. */
  readonly labels: number;
}

const cifar10: Layout = {
  training: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
  labels: 1,
};
/** The first byte is one of 20 coarse classes, the second one of the 100 that everybody means. */
const cifar100: Layout = { training: ['train.bin'], test: ['test.bin'], labels: 2 };

/** The official archive: one record an image, its labels and then all red, all green and all blue pixels, row-major. */
export const decodeCifarBinary = decoderOf(cifar10);

/** The official archive of CIFAR-100, as that of CIFAR-10 but with a coarse and a fine label. */
export const decodeCifar100Binary = decoderOf(cifar100);

function decoderOf({ training: trainingFiles, test: testFiles, labels }: Layout): Decoder {
  return async ([archive], info, onDecoded) => {
    const files = await readArchive(archive!, [...trainingFiles, ...testFiles]);
    const decode = (names: readonly string[]): ByteImageSet =>
      splitRecords(
        names.map((name) => files.get(name)!),
        info,
        labels,
      );
    const training = decode(trainingFiles);
    await onDecoded(training.images.length);
    const test = decode(testFiles);
    await onDecoded(training.images.length + test.images.length);
    return { training, test };
  };
}

function splitRecords(files: readonly Uint8Array[], info: KnownDatasetInfo, labelBytes: number): ByteImageSet {
  const pixels = pixelsOf(info.shape);
  const record = labelBytes + pixels;
  const bytes = files.reduce((sum, file) => sum + file.length, 0);
  if (files.some((file) => file.length % record !== 0)) throw new Error(`a file is no multiple of ${record} bytes`);
  const count = bytes / record;
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const file of files) {
    for (let start = 0; start < file.length; start += record, image++) {
      labels[image] = file[start + labelBytes - 1]!;
      images.set(file.subarray(start + labelBytes, start + record), image * pixels);
    }
  }
  return { count, images, labels };
}
