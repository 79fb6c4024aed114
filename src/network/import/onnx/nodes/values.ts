import type { OnnxTensor } from '../../../../formats/onnx/readModel';
import type { Shape } from '../../../graph';

/** Activations: the output of a layer. */
export interface ImageValue {
  readonly kind: 'image';
  readonly layer: string;
  /** How the file has them: [batch, channels, height, width], [batch, height, width, channels], or [batch, features]. */
  readonly layout: 'channelsFirst' | 'channelsLast' | 'flat';
  /** Of flat ones whose channels came last, [height, width, channels], before they were flattened: the shape that they had. */
  readonly channelsWereLast?: Shape;
}

/** A constant with the name that it has where it is used, which may be another one than the file's. */
export interface ConstantValue {
  readonly kind: 'constant';
  readonly name: string;
  readonly tensor: OnnxTensor;
  /** May be another one than the tensor's, of as many values. */
  readonly shape: readonly number[];
}

/** Integers that follow from a shape; the number of images is not known. */
export interface IntegersValue {
  readonly kind: 'integers';
  readonly values: readonly (number | 'batch')[];
  /** Empty for a single one. */
  readonly shape: readonly number[];
}

/** What a node gives that could not be had: of all that follow from it, none is told of. */
export interface UnknownValue {
  readonly kind: 'unknown';
}

export type Value = ImageValue | ConstantValue | IntegersValue | UnknownValue;
