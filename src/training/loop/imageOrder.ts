import { permutation, randomStream } from '../../base/random';
import type { RunConfig } from '../../config/schema';

/**
 * The training images in the order of an epoch. Shuffled by a stream for each epoch, so that an epoch's order does not depend on
 * those before it; in their own order where the config says so.
 */
export function imageOrder(images: Uint32Array, { data, training }: RunConfig, epoch: number): Uint32Array {
  if (!data.shuffle) return images;
  const order = permutation(images.length, randomStream(training.seed, `shuffle.${epoch}`));
  return order.map((position) => images[position]!);
}
