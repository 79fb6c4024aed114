import type { Shape } from '../../network/graph';
import type { FileImageSet, ImageSet } from '../dataset';
import type { PictureSet } from '../pictures/pictureSet';

/** What the batch worker is started with. */
export interface BatchWorkerData {
  readonly images: ImageSet | FileImageSet | PictureSet;
  readonly shape: Shape;
  /** By channel, on the scale of 0 to 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly batchSize: number;
}

/** Random changes of an epoch's images are drawn from this. */
export interface AugmentationSeed {
  readonly seed: number;
  readonly epoch: number;
}

/** From the loader to its worker. */
export type BatchRequest =
  | {
      readonly kind: 'start';
      readonly pass: number;
      /** Indices of images, in the order in which they are wanted. */
      readonly order: Uint32Array;
      /** Position in the order of the first image that is wanted. */
      readonly from: number;
      readonly augment: AugmentationSeed | null;
      readonly dropLast: boolean;
      /** Batches to make ahead. */
      readonly ahead: number;
    }
  /** A batch was taken: make another one. */
  | { readonly kind: 'more'; readonly pass: number }
  | { readonly kind: 'stop'; readonly pass: number };

/** From the worker to its loader. The arrays of a batch are handed over, not copied. */
export type BatchReply =
  | {
      readonly kind: 'batch';
      readonly pass: number;
      readonly count: number;
      readonly images: Float32Array<ArrayBuffer>;
      readonly labels: Int32Array<ArrayBuffer>;
    }
  | { readonly kind: 'end'; readonly pass: number }
  | { readonly kind: 'failed'; readonly pass: number; readonly message: string };
