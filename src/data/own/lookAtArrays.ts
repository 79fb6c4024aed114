import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { basename } from 'node:path';
import { mostClasses } from '../../config/choices';
import type { DatasetInfo } from '../dataset';
import { channelScale, type Normalisation } from './normalisation';
import type { ArrayFile } from './arrayFile';
import { classesOf, labelsOf, storedClassNames } from './arrayLabels';
import { arrayRoles, inWords, refuseIfTooLarge, type ArrayRoles } from './arrayRoles';
import { fail, unreadable } from './fail';
import { openNpyFolder } from './npyFiles';
import { openNpz } from './npz';
import { openSafetensors } from './safetensorsArrays';

/** What a config says of arrays. */
export interface ArrayWish extends Normalisation {
  readonly classNames: readonly string[];
}

/** Arrays in a file, what they are for, and their labels; the images are still in the file. */
export interface OpenArrays {
  readonly info: DatasetInfo;
  readonly roles: ArrayRoles;
  /** Training labels with those of the validation part behind them. */
  readonly trainingLabels: Uint16Array;
  readonly testLabels: Uint16Array;
}

/** Arrays are read into memory; the system, the engine and everything else need the rest. */
const mostBytes = (): number => totalmem() / 2;

/**
 * Looks at the arrays of an NPZ file, a safetensors file or a folder of NPY files, reads their labels, and gives them to `use`
 * while the file is open. Throws a UserError that names what is wrong with them.
 */
export async function withArrays<Result>(
  path: string,
  wish: ArrayWish,
  use: (arrays: OpenArrays) => Promise<Result> | Result,
  most = mostBytes(),
): Promise<Result> {
  const file = await openArrayFile(path);
  try {
    return await use(await looked(file, path, wish, most));
  } catch (error) {
    throw unreadable(error, path);
  } finally {
    await file.close();
  }
}

async function openArrayFile(path: string): Promise<ArrayFile> {
  const found = await stat(path);
  if (found.isDirectory()) return openNpyFolder(path);
  if (!found.isFile()) throw fail(path, 'is neither a file nor a folder');
  if (path.endsWith('.npz')) return openNpz(path);
  if (path.endsWith('.safetensors')) return openSafetensors(path);
  throw fail(path, 'is no file of arrays: data.arrays names an NPZ or safetensors file, or a folder of NPY files');
}

async function looked(file: ArrayFile, path: string, wish: ArrayWish, most: number): Promise<OpenArrays> {
  const roles = arrayRoles(file, path);
  refuseIfTooLarge(roles, path, most);
  const { training, validation, test, shape, pixels } = roles;
  const trained = await labelsOf(training, path, mostClasses);
  const held = validation ? await labelsOf(validation, path, mostClasses) : new Uint16Array();
  const testLabels = await labelsOf(test, path, mostClasses);
  const given = wish.classNames.length > 0 ? wish.classNames : await storedClassNames(file);
  const classes = classesOf({ training: trained, others: [held, testLabels] }, given, path);
  const trainingLabels = joined(trained, held);
  const fingerprint = createHash('sha256').update(file.fingerprint);
  for (const labels of [trainingLabels, testLabels]) fingerprint.update(labels);
  const info: DatasetInfo = {
    name: basename(path),
    title: basename(path),
    shape,
    classes,
    trainingCount: trainingLabels.length,
    testCount: testLabels.length,
    ...channelScale(wish, shape.channels, pixels, path),
    own: {
      path,
      pixels,
      validationFrom: validation ? trained.length : null,
      fingerprint: fingerprint.digest('hex'),
      reading: readingOf(roles, classes.length),
    },
  };
  return { info, roles, trainingLabels, testLabels };
}

function joined(first: Uint16Array, second: Uint16Array): Uint16Array {
  const both = new Uint16Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function readingOf({ training, validation, test, layout }: ArrayRoles, classes: number): string {
  const channels = training.images.shape.length === 4 ? `, ${layout}` : ', one channel';
  const held = validation ? `, ${validation.count} validation` : '';
  const { type } = training.images;
  const rounded = type === 'float16' || type === 'float64' ? ', converted to float32' : '';
  return `${inWords(training.images)}${channels}${rounded}; ${classes} classes; ${training.count} training${held} and ${test.count} test images`;
}
