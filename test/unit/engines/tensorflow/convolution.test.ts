import { expect, test } from 'vitest';
import { margins } from '../../../../src/engines/tensorflow/convolution';

test('the margins give a convolution just what it reads', () => {
  const conv = (taps: number, stride: number, padding: number) => ({
    kernel: [taps, taps] as const,
    stride,
    padding,
  });
  expect(margins([1, 3, 32, 32], conv(3, 1, 1))).toBeNull();
  expect(margins([1, 3, 32, 32], conv(3, 2, 1))).toEqual({ above: 1, below: 0, left: 1, right: 0 });
  expect(margins([1, 3, 33, 32], conv(3, 2, 1))).toEqual({ above: 1, below: 1, left: 1, right: 0 });
  expect(margins([1, 3, 32, 32], conv(1, 2, 0))).toEqual({ above: 0, below: -1, left: 0, right: -1 });
  expect(margins([1, 3, 7, 7], conv(3, 1, 0))).toEqual({ above: 0, below: 0, left: 0, right: 0 });
});
