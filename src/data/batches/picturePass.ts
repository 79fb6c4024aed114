import { open, read } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pixelsOf } from '../dataset';
import { decodedAtATime, decodePicture, resizedCrop } from '../pictures/decodePicture';
import { randomCrop } from '../pictures/randomCrop';
import type { Pixels, PictureSet } from '../pictures/pictureSet';
import { normalisationTables } from './augment';
import type { AugmentationSeed, BatchWorkerData } from './batchMessages';
import type { BatchPass, PassKind } from './batchPass';

/**
 * Starts passes over pictures on a disk, as `batchPasses` does over images in memory. With augmentations a random part of each is
 * taken, without them its middle. Throws a RangeError when an order asks for a picture that is not there.
 */
export function picturePasses(set: PictureSet, { shape, mean, std, batchSize }: Omit<BatchWorkerData, 'images'>) {
  const tables = normalisationTables(mean, std);
  const reader = new PictureReader(set);
  const pixels = pixelsOf(shape);
  const fill = async (target: Float32Array, index: number, augment: AugmentationSeed | null): Promise<void> => {
    const picture = await reader.pixels(index);
    const crop = augment ? randomCrop(picture, augment, index) : null;
    const { channels } = set.decoding;
    const cropped = crop
      ? await resizedCrop(picture, crop, shape.width, channels)
      : middleOf(picture, shape.width, channels);
    normalise(target, cropped, tables, shape.width, crop?.flipped ?? false);
  };
  return (order: Uint32Array, { augment, dropLast, from: first }: PassKind): BatchPass => {
    const wrong = order.find((index) => index >= set.count);
    if (wrong !== undefined) throw new RangeError(`picture ${wrong} was asked for, but there are ${set.count}`);
    let from = first;
    return {
      async next() {
        const wanted = order.subarray(from, Math.min(from + batchSize, order.length));
        if (wanted.length === 0 || (dropLast && wanted.length < batchSize)) return null;
        from += wanted.length;
        const images = new Float32Array(wanted.length * pixels);
        await severalAtATime(wanted.length, decodedAtATime, (place) =>
          fill(images.subarray(place * pixels, (place + 1) * pixels), wanted[place]!, augment),
        );
        return { count: wanted.length, images, labels: Int32Array.from(wanted, (index) => set.labels[index]!) };
      },
    };
  };
}

const opened = promisify(open);
const readInto = promisify(read);

/** Decoded pictures of a set, out of the store or decoded anew. The file stays open as long as the thread lives, which closes it. */
class PictureReader {
  #file: Promise<number> | null = null;

  constructor(private readonly set: PictureSet) {}

  async pixels(index: number): Promise<Pixels> {
    const { stored, decoding, folder, files } = this.set;
    const offset = stored.offsets[index]!;
    if (offset < 0) return decodePicture(join(folder, files[index]!), decoding).catch(changed(files[index]!));
    this.#file ??= opened(stored.file, 'r');
    const [width, height] = [stored.widths[index]!, stored.heights[index]!];
    const data = new Uint8Array(width * height * decoding.channels);
    const { bytesRead } = await readInto(await this.#file, data, 0, data.length, offset);
    if (bytesRead < data.length) throw new Error('the cache of decoded pictures was cut short; start again');
    return { data, width, height };
  }
}

/** It could be decoded before training began. */
function changed(file: string) {
  return (error: unknown): never => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the picture ${file} has changed since training began (${reason})`, { cause: error });
  };
}

function middleOf({ data, width, height }: Pixels, size: number, channels: number): Uint8Array {
  const middle = new Uint8Array(size * size * channels);
  const left = (width - size) >> 1;
  const top = (height - size) >> 1;
  for (let row = 0; row < size; row++) {
    const start = ((top + row) * width + left) * channels;
    middle.set(data.subarray(start, start + size * channels), row * size * channels);
  }
  return middle;
}

/** Pixels with their channels together become normalised planes, mirrored left to right or not. */
function normalise(
  target: Float32Array,
  pixels: Uint8Array,
  tables: readonly Float32Array[],
  size: number,
  flipped: boolean,
): void {
  const channels = tables.length;
  let written = 0;
  for (const [channel, table] of tables.entries())
    for (let row = 0; row < size; row++) {
      const step = flipped ? -channels : channels;
      let from = (row * size + (flipped ? size - 1 : 0)) * channels + channel;
      for (let column = 0; column < size; column++, from += step) target[written++] = table[pixels[from]!]!;
    }
}

/** Does `count` pieces of work, `most` of them at a time. */
async function severalAtATime(count: number, most: number, work: (place: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(most, count) }, worker));
}
