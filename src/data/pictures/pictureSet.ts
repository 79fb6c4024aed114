/** Pictures on a disk. What is decoded of them is the same wherever it comes from. */
export interface PictureSet {
  readonly count: number;
  readonly folder: string;
  /** By their paths in the folder, with slashes. */
  readonly files: readonly string[];
  /** Class of each, in shared memory. */
  readonly labels: Uint16Array;
  /** Indices of those that can't be decoded; nobody asks for them. */
  readonly broken: readonly number[];
  readonly decoding: Decoding;
  readonly stored: StoredPictures;
}

/** How pictures are decoded. */
export interface Decoding {
  /** Pixels of the shorter side. */
  readonly shorter: number;
  readonly channels: 1 | 3;
}

/** Decoded pictures in one file: rows of pixels, channels together. In shared memory. */
export interface StoredPictures {
  readonly file: string;
  /** Where each begins; -1 for one that is not stored. */
  readonly offsets: Float64Array;
  readonly widths: Uint16Array;
  readonly heights: Uint16Array;
}

/** A decoded picture: rows of pixels, channels together. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** As ImageNet's recipe: the middle 224 of 256. */
export function shorterSide(size: number): number {
  return Math.round((size * 256) / 224);
}
