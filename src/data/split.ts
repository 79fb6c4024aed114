import { UserError } from '../base/errors';
import { permutation, randomStream } from '../base/random';

/** Indices, ascending: `training` and `validation` of training images, `test` of test images. */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface SplitOptions {
  /** Training images held out. */
  readonly validation: number;
  /** For quick trials: at most this many images in each part; null for all. */
  readonly limit: number | null;
  /** If false, each part takes the first images that are left. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/**
 * Holds out validation images, chosen at random by the seed; the rest is for training. A limit takes fewer images of each
 * part and never moves an image from one part to another. Test images are chosen evenly over the test set, the same for all seeds.
 * Throws a UserError when no training image would be left.
 */
export function splitDataset(
  dataset: {
    readonly name: string;
    readonly training: { readonly count: number };
    readonly test: { readonly count: number };
  },
  { validation, limit, shuffle, seed }: SplitOptions,
): Split {
  const { count } = dataset.training;
  if (validation >= count) {
    throw new UserError(
      `data.validation is ${validation}, which leaves none of the ${count} training images of ${dataset.name}; ` +
        `${count - 1} is the most.`,
    );
  }
  const most = limit ?? Infinity;
  const order = shuffle ? permutation(count, randomStream(seed, 'validation')) : inOrder(count);
  return {
    training: order.slice(validation, validation + Math.min(most, count - validation)).sort(),
    validation: order.slice(0, Math.min(most, validation)).sort(),
    test: evenly(Math.min(most, dataset.test.count), dataset.test.count),
  };
}

function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/** `taken` of the numbers below `count`, at even distances. */
function evenly(taken: number, count: number): Uint32Array {
  return Uint32Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
}
