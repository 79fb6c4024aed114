import { type Augmentations, drawAugmentations, fillImages, normalisationTables, type PixelSource } from './augment';
import type { AugmentationSeed, BatchWorkerData } from './batchMessages';
import { type ImageSet, pixelsOf } from '../dataset';

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
export function batchPasses(set: ImageSet, { shape, mean, std, batchSize }: Omit<BatchWorkerData, 'images'>) {
  const source = pixelSource(set.images, { shape, mean, std });
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
        fillImages(images, source, order, from, to, augmentations);
        const labels = Int32Array.from(order.subarray(from, to), (index) => set.labels[index]!);
        from = to;
        return { count: labels.length, images, labels };
      },
    };
  };
}

function pixelSource(
  images: Uint8Array | Float32Array,
  { shape, mean, std }: Pick<BatchWorkerData, 'shape' | 'mean' | 'std'>,
): PixelSource {
  if (images instanceof Float32Array) return { images, shape, mean, std };
  return { images, shape, tables: normalisationTables(mean, std) };
}
