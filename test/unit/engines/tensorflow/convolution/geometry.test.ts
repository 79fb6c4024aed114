import { expect, test } from 'vitest';
import { convolvedExtents, margins } from '../../../../../src/engines/tensorflow/convolution/geometry';

const conv = (taps: number, stride: number, padding: number, dilation = 1) => ({
  kernel: [taps, taps] as const,
  stride,
  padding,
  dilation,
  groups: 1,
});

test('the margins give a convolution just what it reads', () => {
  expect(margins([1, 3, 32, 32], conv(3, 1, 1))).toBeNull();
  expect(margins([1, 3, 32, 32], conv(3, 2, 1))).toEqual({ top: 1, bottom: 0, left: 1, right: 0 });
  expect(margins([1, 3, 33, 32], conv(3, 2, 1))).toEqual({ top: 1, bottom: 1, left: 1, right: 0 });
  expect(margins([1, 3, 32, 32], conv(1, 2, 0))).toEqual({ top: 0, bottom: -1, left: 0, right: -1 });
  expect(margins([1, 3, 7, 7], conv(3, 1, 0))).toEqual({ top: 0, bottom: 0, left: 0, right: 0 });
});

test('a dilated kernel reaches further', () => {
  expect(margins([1, 3, 32, 32], conv(3, 1, 2, 2))).toBeNull();
  // Taps 0, 3 and 6 at the places 0, 2 and 4 of 10 rows with one more on each side: rows 0 to 10 of 12.
  expect(margins([1, 3, 10, 11], conv(3, 2, 1, 3))).toEqual({ top: 1, bottom: 0, left: 1, right: 1 });
  expect(convolvedExtents([5, 3, 10, 11], [8, 3, 3, 3], conv(3, 2, 1, 3))).toEqual([5, 8, 3, 4]);
});
