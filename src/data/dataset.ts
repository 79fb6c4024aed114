import type { datasets } from '../config/schema';
import type { Shape } from '../network/graph';

export type DatasetName = (typeof datasets)[number];

export interface ImageSet {
  readonly count: number;
  /** Pixels, 0 to 255 or of any scale, [count, channels, height, width]; in shared memory, so that workers read them without a copy. */
  readonly images: Uint8Array | Float32Array;
  /** Class of each image, an index of the data set's classes. */
  readonly labels: Uint8Array | Uint16Array;
}

/** Pixels as most data sets have them. */
export interface ByteImageSet extends ImageSet {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/** All images of a known data set as its sources give them. */
export interface DecodedImages {
  readonly training: ByteImageSet;
  readonly test: ByteImageSet;
}

/** What is known of a data set before its images are read. */
export interface DatasetInfo {
  /** In a word. */
  readonly name: string;
  readonly title: string;
  readonly shape: Shape;
  readonly classes: readonly string[];
  readonly trainingCount: number;
  readonly testCount: number;
  /** For normalisation: by channel, on the scale of the pixels, which is 0 to 255 but for arrays of float32. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** On images of the user's own. */
  readonly own?: OwnImages;
}

/** What was found of images of the user's own. */
export interface OwnImages {
  /** Absolute. */
  readonly path: string;
  /** `bytes` are 0 to 255; `floats` are what their maker made of them. */
  readonly pixels: 'bytes' | 'floats';
  /** The training images from this one on are the validation part; null where the seed chooses it. */
  readonly validationFrom: number | null;
  /** Changes when other images are there. */
  readonly fingerprint: string;
  /** A sentence for people: what was found and how it is read. */
  readonly reading: string;
}

/** A data set that SFP Lab knows and fetches. */
export interface KnownDatasetInfo extends DatasetInfo {
  readonly name: DatasetName;
  /**
   * SHA-256 of training images, training labels, test images and test labels, concatenated as they are in an ImageSet; null
   * where only the checksums of the sources vouch for them.
   */
  readonly sha256: string | null;
}

/**
 * Images of bytes in a file, read as they are wanted: the system keeps one copy of them in memory for all processes that train with
 * them.
 */
export interface FileImageSet {
  readonly count: number;
  readonly file: string;
  /** Where the first image begins; [count, channels, height, width] from there. */
  readonly offset: number;
  /** Class of each, in shared memory. */
  readonly labels: Uint8Array;
}

/** A data set with its images in a file of the cache. */
export interface FileDataset extends Pick<DatasetInfo, 'name' | 'shape' | 'classes' | 'mean' | 'std'> {
  readonly training: FileImageSet;
  readonly test: FileImageSet;
}

/** A data set with its images in memory. */
export interface Dataset extends Pick<DatasetInfo, 'name' | 'shape' | 'classes' | 'mean' | 'std'> {
  readonly training: ImageSet;
  readonly test: ImageSet;
}

/** Pixels of one image, all channels. */
export function pixelsOf(shape: Shape): number {
  return shape.channels * shape.height * shape.width;
}
