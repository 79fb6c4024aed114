import { randomStream } from '../../base/random';
import type { Shape } from '../../network/graph';
import { type DatasetInfo, pixelsOf } from '../dataset';

/** Zero pixels added on every side before a random crop. */
const padding = 4;

/** What is done to each image of an epoch, by its position in the epoch's order. */
export interface Augmentations {
  /** 1: mirrored left to right. */
  readonly flipped: Uint8Array;
  /** First row and column of the crop, minus the padding: -4 to 4. */
  readonly top: Int8Array;
  readonly left: Int8Array;
}

/**
 * Draws flips (one half) and crops (all positions alike) for an epoch. They follow from seed, epoch and the position of
 * an image in the epoch alone, whatever the batch size.
 */
export function drawAugmentations(count: number, seed: number, epoch: number): Augmentations {
  const random = randomStream(seed, `augment epoch ${epoch}`);
  const augmentations = { flipped: new Uint8Array(count), top: new Int8Array(count), left: new Int8Array(count) };
  for (let position = 0; position < count; position++) {
    augmentations.flipped[position] = random.below(2);
    augmentations.top[position] = random.below(2 * padding + 1) - padding;
    augmentations.left[position] = random.below(2 * padding + 1) - padding;
  }
  return augmentations;
}

/** Images, and how their pixels are normalised: bytes by a table for each channel. */
export type PixelSource =
  | { readonly images: Uint8Array; readonly shape: Shape; readonly tables: readonly Float32Array[] }
  | ({ readonly images: Float32Array; readonly shape: Shape } & Pick<DatasetInfo, 'mean' | 'std'>);

/** Normalised value of each of the 256 pixel values, for each channel: (value - mean) / std. */
export function normalisationTables(mean: readonly number[], std: readonly number[]): Float32Array[] {
  return mean.map((m, channel) => Float32Array.from({ length: 256 }, (_, value) => (value - m) / std[channel]!));
}

/**
 * Writes images `order[from]` to `order[to - 1]` into `target`, float32 [to - from, channels, height, width]: mirrored,
 * then cropped out of a frame of zero (black) pixels, then normalised, as torchvision's RandomHorizontalFlip,
 * RandomCrop(padding=4) and Normalize do in this order. Without augmentations images are normalised only.
 */
export function fillImages(
  target: Float32Array,
  source: PixelSource,
  order: Uint32Array,
  from: number,
  to: number,
  augmentations: Augmentations | null,
): void {
  const { images, shape } = source;
  const { height, width } = shape;
  const pixels = pixelsOf(shape);
  for (let position = from; position < to; position++) {
    const flipped = augmentations?.flipped[position] === 1;
    const top = augmentations?.top[position] ?? 0;
    const left = augmentations?.left[position] ?? 0;
    let start = order[position]! * pixels;
    let written = (position - from) * pixels;
    for (let channel = 0; channel < shape.channels; channel++) {
      const placement = { height, width, flipped, top, left };
      if ('tables' in source) fillPlane(target, written, images, start, placement, source.tables[channel]!);
      else {
        fillPlane(target, written, images, start, placement, null);
        normalise(target.subarray(written, written + height * width), source.mean[channel]!, source.std[channel]!);
      }
      start += height * width;
      written += height * width;
    }
  }
}

function normalise(plane: Float32Array, mean: number, std: number): void {
  for (let index = 0; index < plane.length; index++) plane[index] = (plane[index]! - mean) / std;
}

interface Placement {
  readonly height: number;
  readonly width: number;
  readonly flipped: boolean;
  readonly top: number;
  readonly left: number;
}

/** One channel of one image: what a table has for its values, or the values as they are. */
function fillPlane(
  target: Float32Array,
  written: number,
  images: PixelSource['images'],
  start: number,
  { height, width, flipped, top, left }: Placement,
  table: Float32Array | null,
): void {
  const black = table?.[0] ?? 0;
  const firstColumn = Math.max(0, -left);
  const endColumn = Math.min(width, width - left);
  const step = flipped ? -1 : 1;
  for (let row = 0; row < height; row++, written += width) {
    const sourceRow = row + top;
    if (sourceRow < 0 || sourceRow >= height) {
      target.fill(black, written, written + width);
      continue;
    }
    if (firstColumn > 0) target.fill(black, written, written + firstColumn);
    if (endColumn < width) target.fill(black, written + endColumn, written + width);
    const column = firstColumn + left;
    const from = start + sourceRow * width + (flipped ? width - 1 - column : column);
    fillRow(target.subarray(written + firstColumn, written + endColumn), images, from, step, table);
  }
}

/** What a table has for the pixels from one on, taken forwards or backwards, or the pixels as they are. */
function fillRow(
  row: Float32Array,
  images: PixelSource['images'],
  from: number,
  step: 1 | -1,
  table: Float32Array | null,
): void {
  let pixel = from;
  if (table) for (let column = 0; column < row.length; column++, pixel += step) row[column] = table[images[pixel]!]!;
  else for (let column = 0; column < row.length; column++, pixel += step) row[column] = images[pixel]!;
}
