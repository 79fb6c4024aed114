import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readArrays } from '../../../../src/data/own/readArrays';
import { bytesArray, floatsArray, smallArrays, writeNpz, type MadeArray } from '../../../fixtures/arrays';

const wish = { mean: [], std: [], classNames: [] };
const options = { signal: new AbortController().signal, onImages: () => undefined };
const labels = bytesArray([2], [0, 1]);

test('images come out with their channels apart, whichever way they are stored', async () => {
  const extent = fc.integer({ min: 1, max: 5 });
  const size = fc.tuple(extent, extent, extent).filter(([first, , last]) => first !== last);
  await fc.assert(
    fc.asyncProperty(
      size,
      fc.boolean(),
      fc.constantFrom(0 as const, 6 as const),
      async ([first, middle, last], isFloat, level) => {
        const count = 2 * first * middle * last;
        const values = Array.from({ length: count }, (_, index) => (isFloat ? index / 7 : index % 256));
        const make = isFloat ? floatsArray : bytesArray;
        const images = make([2, first, middle, last], values);
        const { dataset } = await readArrays(
          writeNpz({ x_train: images, y_train: labels, x_test: images, y_test: labels }, level),
          wish,
          options,
        );
        const stored = isFloat ? new Float32Array(values) : new Uint8Array(values);
        const expected = last < first ? transposed(stored, 2, first * middle, last) : [...stored];
        expect([...dataset.training.images]).toEqual(expected);
        expect(dataset.training.images.buffer).toBeInstanceOf(SharedArrayBuffer);
        expect([...dataset.test.labels]).toEqual([0, 1]);
      },
    ),
    { numRuns: 40 },
  );
});

function transposed(values: ArrayLike<number>, count: number, area: number, channels: number): number[] {
  return Array.from({ length: values.length }, (_, index) => {
    const [image, channel, pixel] = [
      Math.floor(index / (area * channels)),
      Math.floor(index / area) % channels,
      index % area,
    ];
    return image < count ? values[image * area * channels + pixel * channels + channel]! : NaN;
  });
}

test('a validation part stands behind the training images', async () => {
  const images = bytesArray([2, 2, 2], [1, 1, 1, 1, 2, 2, 2, 2]);
  const held = bytesArray([1, 2, 2], [9, 9, 9, 9]);
  const arrays = {
    x_train: images,
    y_train: labels,
    x_val: held,
    y_val: bytesArray([1], [1]),
    x_test: images,
    y_test: labels,
  };
  const { info, dataset } = await readArrays(writeNpz(arrays), wish, options);
  expect(info.own?.validationFrom).toBe(2);
  expect([...dataset.training.images]).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 9, 9, 9, 9]);
  expect([...dataset.training.labels]).toEqual([0, 1, 1]);
});

test.each([NaN, Infinity, -Infinity])('%s among the values is named with its image', async (value) => {
  const bad = floatsArray([2, 2, 2], [1, 2, 3, 4, 5, value, 7, 8]);
  const good = floatsArray([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const path = writeNpz({ x_train: good, y_train: labels, x_test: bad, y_test: labels });
  await expect(readArrays(path, wish, options)).rejects.toThrow(
    `${path} has a value that is no finite float32 number in image 0 of "x_test"`.replace('image 0', 'image 1'),
  );
});

test.each([
  ['float16', { descr: '<f2', shape: [2, 2, 2], values: Uint16Array.of(0x3c00, 0, 0x3555, 0xc000, 1, 0x7bff, 0, 0) }],
  [
    'float64',
    { descr: '<f8', shape: [2, 2, 2], values: Float64Array.of(1, 0, 0.333251953125, -2, 2 ** -24, 65504, 0, 0) },
  ],
])('images of type %s become float32, which is said', async (type, { values, ...array }) => {
  const images = { ...array, values: new Uint8Array(values.buffer) };
  const { info, dataset } = await readArrays(
    writeNpz({ x_train: images, y_train: labels, x_test: images, y_test: labels }),
    wish,
    options,
  );
  expect(dataset.training.images).toBeInstanceOf(Float32Array);
  expect([...dataset.training.images]).toEqual([1, 0, 0.333251953125, -2, 2 ** -24, 65504, 0, 0]);
  expect(info.own?.reading).toContain(`of type ${type}, [2, 2, 2], one channel, converted to float32; 2 classes`);
});

test('numbers that float32 does not have are named with their image', async () => {
  const images = { descr: '<f8', shape: [2, 2, 2], values: new Uint8Array(new Float64Array(8).fill(1e39).buffer) };
  const path = writeNpz({ x_train: images, y_train: labels, x_test: images, y_test: labels });
  await expect(readArrays(path, wish, options)).rejects.toThrow('no finite float32 number in image 0 of "x_train"');
});

test('reading ends when nobody wants it any more', async () => {
  const signal = AbortSignal.abort(new Error('Enough.'));
  await expect(readArrays(writeNpz(smallArrays()), wish, { ...options, signal })).rejects.toThrow('Enough.');
});

test('values that are not those of the checksum are told as damage', async () => {
  const { readFileSync, writeFileSync } = await import('node:fs');
  const array: MadeArray = bytesArray([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const path = writeNpz({ x_train: array, y_train: labels, x_test: array, y_test: labels }, 6);
  const zip = readFileSync(path);
  // In the deflated data of the first entry.
  zip[60]! ^= 0xff;
  writeFileSync(path, zip);
  await expect(readArrays(path, wish, options)).rejects.toThrow(path);
});
