import { UserError } from '../../base/errors';
import type { Shape } from '../../network/graph';
import type { ArrayFile, StoredArray } from './arrayFile';
import { fail } from './fail';
import { isFloating } from './valueTypes';

/** Images and their labels, as they stand in a file. */
export interface ArrayPart {
  readonly images: StoredArray;
  readonly labels: StoredArray;
  readonly count: number;
}

/** How images lie in an array: the channels behind the columns, or in front of the rows. */
export type Layout = 'channels last' | 'channels first';

/** What the arrays of a file are for. */
export interface ArrayRoles {
  readonly training: ArrayPart;
  readonly validation: ArrayPart | null;
  readonly test: ArrayPart;
  readonly shape: Shape;
  readonly layout: Layout;
  readonly pixels: 'bytes' | 'floats';
}

/** Bytes of a value in memory. */
export const pixelBytes = { bytes: 1, floats: 4 } as const;

/** Networks read images; what is larger is something else. */
const largestExtent = 4096;
const mostChannels = 1024;

/**
 * Finds images and labels in a file by the names that Keras and MedMNIST use. Throws a UserError when they are not there, not of
 * one shape and type, or not as many labels as images.
 */
export function arrayRoles(file: ArrayFile, path: string): ArrayRoles {
  const training = partOf(file, 'train', path) ?? missing(file, path, 'x_train and y_train');
  const test = partOf(file, 'test', path) ?? missing(file, path, 'x_test and y_test');
  const validation = partOf(file, 'val', path);
  const parts = [training, test, ...(validation ? [validation] : [])];
  const { shape, layout } = imageShape(training.images, path);
  for (const { images } of parts) {
    const isSame = images.shape.slice(1).join() === training.images.shape.slice(1).join();
    if (isSame && images.type === training.images.type) continue;
    throw fail(
      path,
      `has ${inWords(training.images)}, but ${inWords(images)}: all images must be of one shape and type`,
    );
  }
  return { training, validation, test, shape, layout, pixels: training.images.type === 'uint8' ? 'bytes' : 'floats' };
}

function partOf(file: ArrayFile, part: 'train' | 'val' | 'test', path: string): ArrayPart | null {
  const images = file.arrays.get(`x_${part}`) ?? file.arrays.get(`${part}_images`);
  const labels = file.arrays.get(`y_${part}`) ?? file.arrays.get(`${part}_labels`);
  if (images === undefined && labels === undefined) return null;
  if (images === undefined || labels === undefined)
    throw fail(
      path,
      `has ${(images ?? labels)!.name} but not what belongs to it: images need labels, and labels images`,
    );
  for (const array of [images, labels]) refuseUnusable(array, path);
  refuseWrongTypes(images, labels, path);
  return { images, labels, count: countOf(images, labels, path) };
}

function refuseWrongTypes(images: StoredArray, labels: StoredArray, path: string): void {
  if (typeof images.type !== 'string' || (images.type !== 'uint8' && !isFloating(images.type)))
    throw fail(path, `has ${inWords(images)}: images are uint8 or floats; save them with astype("float32")`);
  const isWhole = typeof labels.type === 'string' && !isFloating(labels.type);
  if (!isWhole || labels.shape.slice(1).some((extent) => extent !== 1))
    throw fail(path, `has ${inWords(labels)}: labels are one whole number an image; of one-hot rows save argmax(1)`);
}

function countOf(images: StoredArray, labels: StoredArray, path: string): number {
  const [count = 0] = images.shape;
  const [labelled = 1] = labels.shape;
  if (labelled !== count)
    throw fail(path, `has ${count} images in "${images.name}" but ${labelled} labels in "${labels.name}"`);
  if (count === 0) throw fail(path, `has no images in "${images.name}"`);
  return count;
}

function refuseUnusable({ name, type }: StoredArray, path: string): void {
  if (typeof type === 'object' && 'problem' in type) throw fail(path, `can’t be used: "${name}" ${type.problem}`);
}

function missing(file: ArrayFile, path: string, names: string): never {
  const found = [...file.arrays.keys()].slice(0, 10).join(', ');
  throw fail(path, `has no ${names}; ${found === '' ? 'there is no array in it' : `there are ${found}`}`);
}

function imageShape(images: StoredArray, path: string): { shape: Shape; layout: Layout } {
  const { shape, layout } = shapeAndLayout(images, path);
  const { channels, height, width } = shape;
  if (Math.min(channels, height, width) >= 1 && channels <= mostChannels && Math.max(height, width) <= largestExtent)
    return { shape, layout };
  throw fail(
    path,
    `has ${inWords(images)}: images have 1 to ${mostChannels} channels and 1 to ${largestExtent} rows and columns`,
  );
}

/** There are fewer channels than rows. */
function shapeAndLayout(images: StoredArray, path: string): { shape: Shape; layout: Layout } {
  const [first, middle, last] = images.shape.slice(1) as [number, number, number];
  if (images.shape.length === 3)
    return { shape: { channels: 1, height: first, width: middle }, layout: 'channels last' };
  if (images.shape.length !== 4)
    throw fail(path, `has ${inWords(images)}: images are [count, height, width] or have channels besides`);
  if (first === last)
    throw fail(path, `has ${inWords(images)}, in which channels can’t be told from rows: there are as many of both`);
  return last < first
    ? { shape: { channels: last, height: first, width: middle }, layout: 'channels last' }
    : { shape: { channels: first, height: middle, width: last }, layout: 'channels first' };
}

/** `"x_train" of type uint8, [60000, 28, 28]`. */
export function inWords({ name, type, shape }: StoredArray): string {
  const typeName = typeof type === 'string' ? type : 'text';
  return `"${name}" of type ${typeName}, [${shape.join(', ')}]`;
}

/** Bytes that the images take in memory. Throws a UserError when they are more than `most`. */
export function refuseIfTooLarge({ training, validation, test, pixels }: ArrayRoles, path: string, most: number): void {
  const bytes = [training, validation, test].reduce(
    (sum, part) => sum + (part ? part.images.shape.reduce((a, b) => a * b, pixelBytes[pixels]) : 0),
    0,
  );
  if (bytes <= most) return;
  throw new UserError(
    `${path} has ${(bytes / 1e9).toFixed(1)} GB of images, and arrays are read into memory, of which they may take ${(most / 1e9).toFixed(1)} GB here: save fewer or smaller ones, or bytes instead of float32.`,
    { file: path },
  );
}
