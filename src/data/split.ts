import { UserError } from '../base/errors';
import { permutation, randomStream } from '../base/random';
import type { DatasetInfo } from './dataset';

/** Indices, ascending: `training` and `validation` of training images, `test` of test images. */
export interface Split {
  readonly training: Uint32Array;
  readonly validation: Uint32Array;
  readonly test: Uint32Array;
}

export interface SplitOptions {
  /** Training images held out; null takes a tenth. */
  readonly validation: number | null;
  /** For quick trials: at most this many images in each part; null for all. */
  readonly limit: number | null;
  /** If false, each part takes the first images that are left. */
  readonly shuffle: boolean;
  readonly seed: number;
}

/** How many images a data set has. */
export interface DatasetCounts {
  readonly name: string;
  readonly training: {
    readonly count: number;
    /** The images from this one on are the validation part, whatever the seed. */
    readonly validationFrom?: number | null;
    /** Images that nobody is to ask for. */
    readonly broken?: readonly number[];
  };
  readonly test: { readonly count: number; readonly broken?: readonly number[] };
}

/** The counts of a data set of which no more is known yet. */
export function countsOf({ name, trainingCount, testCount, own }: DatasetInfo): DatasetCounts {
  return {
    name,
    training: { count: trainingCount, validationFrom: own?.validationFrom ?? null },
    test: { count: testCount },
  };
}

/**
 * Holds out validation images, chosen at random by the seed; the rest is for training. A limit takes fewer images of each
 * part and never moves an image from one part to another. Test images are chosen evenly over the test set, the same for all seeds.
 * A validation part that the data set brings along is taken as it is, or left out where none is wanted. Broken
 * images are left out of the part that they would be in. Throws a UserError when no training image would be left.
 */
export function splitDataset(dataset: DatasetCounts, options: SplitOptions): Split {
  const { training, validation, test } = splitWhole(dataset, options);
  const { broken } = dataset.training;
  return {
    training: without(training, broken),
    validation: without(validation, broken),
    test: without(test, dataset.test.broken),
  };
}

function without(images: Uint32Array, broken: readonly number[] = []): Uint32Array {
  const left = new Set(broken);
  return left.size === 0 ? images : images.filter((index) => !left.has(index));
}

function splitWhole(dataset: DatasetCounts, { validation: wanted, limit, shuffle, seed }: SplitOptions): Split {
  const { count, validationFrom = null } = dataset.training;
  const most = limit ?? Infinity;
  const testImages = evenly(Math.min(most, dataset.test.count), dataset.test.count);
  if (validationFrom !== null) {
    const held = wanted === 0 ? 0 : count - validationFrom;
    return {
      training: chosen(validationFrom, most, shuffle, seed),
      validation: evenly(Math.min(most, held), held).map((index) => validationFrom + index),
      test: testImages,
    };
  }
  const validation = wanted ?? Math.max(1, Math.floor(count / 10));
  if (validation >= count) {
    throw new UserError(
      `data.validation is ${validation}, which leaves none of the ${count} training images of ${dataset.name}; ` +
        `${count - 1} is the most.`,
    );
  }
  const order = shuffle ? permutation(count, randomStream(seed, 'validation')) : inOrder(count);
  return {
    training: order.slice(validation, validation + Math.min(most, count - validation)).sort(),
    validation: order.slice(0, Math.min(most, validation)).sort(),
    test: testImages,
  };
}

/** The training images of a data set that has a validation part of its own. */
function chosen(count: number, most: number, shuffle: boolean, seed: number): Uint32Array {
  const order = shuffle ? permutation(count, randomStream(seed, 'validation')) : inOrder(count);
  return order.slice(0, Math.min(most, count)).sort();
}

function inOrder(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}

/** `taken` of the numbers below `count`, at even distances. */
function evenly(taken: number, count: number): Uint32Array {
  return Uint32Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
}
