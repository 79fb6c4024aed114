import { expect, test } from 'vitest';
import { storedShape, weightOrder } from '../../../../src/engines/tensorflow/layout';

test('convolution weights are kept as height, width, channels, filters', () => {
  expect(storedShape([2, 3, 1, 2])).toEqual([1, 2, 3, 2]);
  // PyTorch's place of filter f, channel c, column x is (f * 3 + c) * 2 + x.
  expect([...weightOrder([2, 3, 1, 2])]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
});
