import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import type { DatasetInfo } from '../../../../src/data/dataset';
import { withArrays, type ArrayWish } from '../../../../src/data/own/lookAtArrays';
import { encodeSafetensors } from '../../../../src/formats/safetensors';
import {
  bytesArray,
  floatsArray,
  longsArray,
  npyOf,
  smallArrays,
  textsArray,
  writeNpz,
  type MadeArrays,
} from '../../../fixtures/arrays';
import { temporaryFolder } from '../../../fixtures/temporaryFolder';

const usual: ArrayWish = { mean: [], std: [], classNames: [] };

const look = (path: string, wish: Partial<ArrayWish> = {}, most?: number): Promise<DatasetInfo> =>
  withArrays(path, { ...usual, ...wish }, ({ info }) => info, most);

/** The set with other arrays in the place of some. */
const changed = (arrays: MadeArrays): string => writeNpz({ ...smallArrays(8, 4, 2 + 3), ...arrays });

describe('arrays', () => {
  test('of an NPZ file are found by the names of Keras, and their shape tells the channels', async () => {
    const info = await look(writeNpz(smallArrays()));
    expect(info).toMatchObject({
      title: 'set.npz',
      shape: { channels: 3, height: 12, width: 12 },
      classes: ['0', '1'],
      trainingCount: 160,
      testCount: 40,
      own: {
        pixels: 'bytes',
        validationFrom: null,
        reading: '"x_train" of type uint8, [160, 12, 12, 3], channels last; 2 classes; 160 training and 40 test images',
      },
    });
    expect(info.mean[0]).toBeCloseTo(0.485 * 255);
  });

  test('may have the names of MedMNIST, a validation part, names of classes, and channels in front', async () => {
    const info = await look(
      writeNpz({
        train_images: floatsArray([3, 2, 5, 4], new Float32Array(120)),
        train_labels: bytesArray([3, 1], [0, 1, 0]),
        val_images: floatsArray([1, 2, 5, 4], new Float32Array(40)),
        val_labels: bytesArray([1, 1], [1]),
        test_images: floatsArray([1, 2, 5, 4], new Float32Array(40)),
        test_labels: bytesArray([1, 1], [0]),
        class_names: textsArray(['猫', 'dog']),
      }),
    );
    expect(info).toMatchObject({
      shape: { channels: 2, height: 5, width: 4 },
      classes: ['猫', 'dog'],
      trainingCount: 4,
      mean: [0, 0],
      std: [1, 1],
      own: { pixels: 'floats', validationFrom: 3 },
    });
  });

  test('are the same in a folder of NPY files and in a safetensors file', async () => {
    const folder = temporaryFolder();
    const { x_train: images } = smallArrays(8, 4, 5);
    for (const [name, array] of Object.entries(smallArrays(8, 4, 5)))
      writeFileSync(join(folder, `${name}.npy`), npyOf(array));
    expect(await look(folder)).toMatchObject({ shape: { channels: 3, height: 5, width: 5 }, trainingCount: 8 });
    const header = {
      x_train: { dtype: 'U8', shape: [8, 5, 5, 3], data_offsets: [0, 600] },
      x_test: { dtype: 'U8', shape: [8, 5, 5, 3], data_offsets: [0, 600] },
      y_train: { dtype: 'U8', shape: [8], data_offsets: [600, 608] },
      y_test: { dtype: 'U8', shape: [8], data_offsets: [600, 608] },
    };
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    const file = join(folder, 'set.safetensors');
    writeFileSync(file, Buffer.concat([length, json, images!.values, Buffer.of(0, 1, 0, 1, 0, 1, 0, 1)]));
    expect(await look(file)).toMatchObject({ classes: ['0', '1'], testCount: 8 });
    truncateSync(file, readFileSync(file).length - 1);
    await expect(look(file)).rejects.toThrow('is damaged: "y_train" does not lie in it');
  });

  test('of whatever shape have the channels where there are fewer of them than rows', async () => {
    const extent = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(extent, extent, extent, async (first, middle, last) => {
        fc.pre(first !== last);
        const image = (count: number) =>
          bytesArray([count, first, middle, last], new Uint8Array(count * first * middle * last));
        const labels = bytesArray([2], [0, 1]);
        const arrays = { x_train: image(2), y_train: labels, x_test: image(2), y_test: labels };
        const { shape } = await look(writeNpz(arrays));
        expect(shape).toEqual(
          last < first
            ? { channels: last, height: first, width: middle }
            : { channels: first, height: middle, width: last },
        );
      }),
      { numRuns: 30 },
    );
  });

  test('have another fingerprint when a value is another one, and the same when they are saved again', async () => {
    const prints = async (arrays: MadeArrays): Promise<string> => (await look(writeNpz(arrays))).own!.fingerprint;
    const before = await prints(smallArrays());
    expect(await prints(smallArrays())).toBe(before);
    const { x_train: images } = smallArrays();
    images!.values[7]! ^= 1;
    expect(await prints({ ...smallArrays(), x_train: images! })).not.toBe(before);
  });
});

describe('refused with a sentence', () => {
  const grey = (count: number, shape = [4, 4]) => bytesArray([count, ...shape], new Uint8Array(count * 16));
  test.each<[string, MadeArrays, string]>([
    [
      'more labels than images',
      { y_train: longsArray([9], [0, 1, 0, 1, 0, 1, 0, 1, 0]) },
      'has 8 images in "x_train" but 9 labels in "y_train"',
    ],
    [
      'a label below 0',
      { y_train: longsArray([8], [0, 1, 0, -1, 0, 1, 0, 1]) },
      'has the label -1 at place 3 of "y_train"',
    ],
    [
      'a label that no network has',
      { y_train: longsArray([8], [0, 1, 0, 70_000, 0, 1, 0, 1]) },
      'has the label 70000 at place 3',
    ],
    [
      'a class that only the test part has',
      { y_test: longsArray([4], [0, 1, 2, 0]) },
      'has test or validation images of class 2',
    ],
    ['a gap in the labels', { y_train: longsArray([8], [0, 3, 0, 3, 0, 3, 0, 3]) }, 'has no training image of class 1'],
    [
      'one class',
      { y_train: longsArray([8], new Array<number>(8).fill(0)), y_test: longsArray([4], [0, 0, 0, 0]) },
      'has images of one class only',
    ],
    ['one-hot rows', { y_train: bytesArray([8, 2], new Uint8Array(16)) }, 'of one-hot rows save argmax(1)'],
    [
      'labels that are no whole numbers',
      { y_train: floatsArray([8], new Array<number>(8).fill(0)) },
      'labels are one whole number an image',
    ],
    [
      'images of whole numbers of eight bytes',
      { x_train: longsArray([8, 1, 2], new Array<number>(16).fill(0)) },
      'images are uint8 or floats',
    ],
    ['parts of two shapes', { x_test: grey(4) }, 'all images must be of one shape and type'],
    [
      'as many rows as channels',
      { x_train: bytesArray([8, 3, 4, 3], new Uint8Array(8 * 36)) },
      'in which channels can’t be told from rows',
    ],
    [
      'no images at all',
      { x_train: bytesArray([0, 5, 5, 3], []), y_train: bytesArray([0], []) },
      'has no images in "x_train"',
    ],
    [
      'numbers instead of images',
      { x_train: bytesArray([8, 5], new Uint8Array(40)) },
      'images are [count, height, width]',
    ],
    [
      'Python objects',
      { y_train: { descr: '|O', shape: [8], values: new Uint8Array(64) } },
      'can’t be used: "y_train" holds Python objects (pickle)',
    ],
    [
      'an array that is shorter than its shape',
      { x_train: bytesArray([1e9, 5, 5, 3], []) },
      'is damaged: "x_train" has 0 bytes of values',
    ],
  ])('%s', async (_, arrays, sentence) => {
    const error = await look(changed(arrays)).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toContain(sentence);
  });

  test('what is missing, with what is there', async () => {
    const { x_train: images, y_train: labels } = smallArrays(8, 4, 5);
    await expect(look(writeNpz({ x_train: images!, y_train: labels! }))).rejects.toThrow(
      'has no x_test and y_test; there are x_train, y_train.',
    );
    await expect(look(writeNpz({ ...smallArrays(8, 4, 5), x_val: images! }))).rejects.toThrow(
      'has x_val but not what belongs to it',
    );
    mkdirSync(join(temporaryFolder(), 'empty'));
    await expect(look(temporaryFolder())).rejects.toThrow('has no x_train and y_train; there is no array in it.');
  });

  test('a file that is none of these, or is cut short', async () => {
    const folder = temporaryFolder();
    const text = join(folder, 'set.npz');
    writeFileSync(text, 'no zip at all');
    await expect(look(text)).rejects.toThrow('is damaged, or no such file');
    const csv = join(folder, 'set.csv');
    writeFileSync(csv, '1,2');
    await expect(look(csv)).rejects.toThrow('is no file of arrays');
    const whole = readFileSync(writeNpz(smallArrays(8, 4, 5)));
    writeFileSync(text, whole.subarray(0, whole.length - 100));
    await expect(look(text)).rejects.toThrow(UserError);
    writeFileSync(join(folder, 'x_train.npy'), 'short');
    await expect(look(folder)).rejects.toThrow('can’t be read: "x_train" is no array of NumPy');
  });

  test('more than fits into memory, before any of it is read', async () => {
    await expect(look(writeNpz(smallArrays()), {}, 1000)).rejects.toThrow(
      'GB of images, and arrays are read into memory',
    );
  });

  test('values or names for another number of channels or classes', async () => {
    const path = writeNpz(smallArrays());
    await expect(look(path, { mean: [0, 0] })).rejects.toThrow('data.mean has 2 values, but the images');
    await expect(look(path, { classNames: ['one'] })).rejects.toThrow('there are names for 1 classes only');
    expect((await look(path, { mean: [0.5], std: [1], classNames: ['right', 'left'] })).mean).toEqual([
      127.5, 127.5, 127.5,
    ]);
  });

  test('a zip that claims to be more than it can be', async () => {
    const zip = Buffer.from(zipSync({ 'x_train.npy': npyOf(bytesArray([4], [1, 2, 3, 4])) }));
    const central = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt32LE(0x7fffffff, central + 24);
    const path = join(temporaryFolder(), 'set.npz');
    writeFileSync(path, zip);
    await expect(look(path)).rejects.toThrow('more than it can have');
  });

  test('a safetensors file without images', async () => {
    const path = join(temporaryFolder(), 'weights.safetensors');
    writeFileSync(path, encodeSafetensors(new Map([['conv.weight', { shape: [1], data: new Float32Array(1) }]])));
    await expect(look(path)).rejects.toThrow('has no x_train and y_train; there are conv.weight.');
  });
});
