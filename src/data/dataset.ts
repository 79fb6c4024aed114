import type { datasets } from '../config/schema';
import type { Shape } from '../network/graph';

export type DatasetName = (typeof datasets)[number];

export interface ImageSet {
  readonly count: number;
  /** Pixels, 0 to 255, [count, channels, height, width]; in shared memory, so that workers read them without a copy. */
  readonly images: Uint8Array;
  /** Class of each image, an index of the data set's classes. */
  readonly labels: Uint8Array;
}

/** All images of a data set as its sources give them. */
export interface DecodedImages {
  readonly training: ImageSet;
  readonly test: ImageSet;
}

/** What is known of a data set before it is downloaded. */
export interface DatasetInfo {
  readonly name: DatasetName;
  readonly title: string;
  readonly shape: Shape;
  readonly classes: readonly string[];
  readonly trainingCount: number;
  readonly testCount: number;
  /** For normalisation: by channel, on the scale of 0 to 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /**
   * SHA-256 of training images, training labels, test images and test labels, concatenated as they are in an ImageSet; null
   * where only the checksums of the sources vouch for them.
   */
  readonly sha256: string | null;
}

export interface Dataset extends DecodedImages, Pick<DatasetInfo, 'name' | 'shape' | 'classes' | 'mean' | 'std'> {}

/** Pixels of one image, all channels. */
export function pixelsOf(shape: Shape): number {
  return shape.channels * shape.height * shape.width;
}
