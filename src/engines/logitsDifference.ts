import { randomStream } from '../base/random';
import { sizeOf } from '../formats/tensor';
import type { Shape } from '../network/graph';

/** How far the logits of a network in two forms are apart, as in a file and here. */
export interface LogitsDifference {
  /** Number of images that it was tried with. */
  readonly images: number;
  readonly largestDifference: number;
  /** Largest logit less the smallest. */
  readonly logitsRange: number;
}

/** [count, channels, height, width] of standard normal noise, always the same. */
export function noiseImages({ channels, height, width }: Shape, count: number): Float32Array {
  const random = randomStream(0, 'export');
  return Float32Array.from({ length: sizeOf([count, channels, height, width]) }, () => random.normal());
}

/** Compares the logits of so many images with those that they should be; NaN in either is a difference of NaN. */
export function logitsDifference(
  logits: Float32Array,
  wanted: Float32Array | Float64Array,
  images: number,
): LogitsDifference {
  let [largestDifference, least, most] = [0, Infinity, -Infinity];
  for (const [index, value] of wanted.entries()) {
    largestDifference = Math.max(largestDifference, Math.abs(value - logits[index]!));
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return { images, largestDifference, logitsRange: most - least };
}
