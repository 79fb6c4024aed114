import { openSync, readSync } from 'node:fs';
import { type Augmentations, drawAugmentations, fillImages, normalisationTables, type PixelSource } from './augment';
import type { AugmentationSeed, BatchWorkerData } from './batchMessages';
import { type FileImageSet, type ImageSet, pixelsOf } from '../dataset';

/** `count` images, normalised float32 [count, channels, height, width], and their class indices. */
export interface Batch {
  readonly count: number;
  readonly images: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

export interface PassKind {
  readonly augment: AugmentationSeed | null;
  /** Leaves out the last batch when it would be smaller. */
  readonly dropLast: boolean;
  /** Position of the first image; augmentations go by the position, so that the rest of a pass is what it was. */
  readonly from: number;
}

/** One pass over images in a given order, cut into batches. */
export interface BatchPass {
  /** The next batch, in arrays of its own; null at the end. To be asked for only when the one before has come. */
  next(): Batch | null | Promise<Batch | null>;
}

/**
 * Starts passes over one image set. Throws a RangeError when an order asks for an image that is not there.
 * The last batch of a pass may be smaller, unless `dropLast`.
 */
export function batchPasses(set: ImageSet | FileImageSet, workerData: Omit<BatchWorkerData, 'images'>) {
  const { shape, batchSize } = workerData;
  const fill = 'images' in set ? memoryFill(set, workerData) : fileFill(set, workerData);
  return (order: Uint32Array, { augment, dropLast, from: first }: PassKind): BatchPass => {
    const wrong = order.find((index) => index >= set.count);
    if (wrong !== undefined) throw new RangeError(`image ${wrong} was asked for, but there are ${set.count}`);
    const augmentations: Augmentations | null = augment && drawAugmentations(order.length, augment.seed, augment.epoch);
    let from = first;
    return {
      next() {
        const to = Math.min(from + batchSize, order.length);
        if (to === from || (dropLast && to - from < batchSize)) return null;
        const images = new Float32Array((to - from) * pixelsOf(shape));
        fill(images, order, from, to, augmentations);
        const labels = Int32Array.from(order.subarray(from, to), (index) => set.labels[index]!);
        from = to;
        return { count: labels.length, images, labels };
      },
    };
  };
}

/** As `fillImages`, for images from wherever they are. */
type Fill = (
  target: Float32Array,
  order: Uint32Array,
  from: number,
  to: number,
  augmentations: Augmentations | null,
) => void;

function memoryFill({ images }: ImageSet, { shape, mean, std }: Omit<BatchWorkerData, 'images'>): Fill {
  const source: PixelSource =
    images instanceof Float32Array
      ? { images, shape, mean, std }
      : { images, shape, tables: normalisationTables(mean, std) };
  return (target, order, from, to, augmentations) => {
    fillImages(target, source, order, from, to, augmentations);
  };
}

/** The file stays open as long as the thread lives, which closes it: whoever replaces it changes nothing here. */
function fileFill(
  { file, offset }: FileImageSet,
  { shape, mean, std, batchSize }: Omit<BatchWorkerData, 'images'>,
): Fill {
  const pixels = pixelsOf(shape);
  const images = new Uint8Array(batchSize * pixels);
  const source = { images, shape, tables: normalisationTables(mean, std) };
  const inTurn = Uint32Array.from({ length: batchSize }, (_, index) => index);
  const opened = openSync(file, 'r');
  return (target, order, from, to, augmentations) => {
    for (let position = from; position < to; position++) {
      const at = offset + order[position]! * pixels;
      if (readSync(opened, images, (position - from) * pixels, pixels, at) < pixels)
        throw new Error('the decoded data set in the cache was cut short; start again');
    }
    fillImages(target, source, inTurn, 0, to - from, augmentations && augmentationsFrom(augmentations, from));
  };
}

function augmentationsFrom({ flipped, top, left }: Augmentations, from: number): Augmentations {
  return { flipped: flipped.subarray(from), top: top.subarray(from), left: left.subarray(from) };
}
