import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sliced, withSlice, type LayerKept, type TensorAxes } from '../../../../src/pruning/compaction/slice';

const conv: TensorAxes = { shape: [3, 2, 1, 2], axes: ['output', 'input', 'other', 'other'] };
const counting = (shape: readonly number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, index) => index),
});

test('filters and input channels of a convolution', () => {
  const kept: LayerKept = { output: [0, 2], input: [1], inputChannels: 2 };
  expect(sliced(counting(conv.shape), conv, kept)).toEqual({
    shape: [2, 1, 1, 2],
    data: Float32Array.of(2, 3, 10, 11),
  });
});

test('features of a linear layer go by channels with all their places', () => {
  const linear: TensorAxes = { shape: [2, 6], axes: ['output', 'features'] };
  const kept: LayerKept = { output: [0, 1], input: [0, 2], inputChannels: 3 };
  expect([...sliced(counting(linear.shape), linear, kept).data]).toEqual([0, 1, 4, 5, 6, 7, 10, 11]);
});

test('what is written back where it was cut out changes nothing else', () => {
  const some = (count: number) => fc.subarray(Array.from({ length: count }, (_, index) => index));
  fc.assert(
    fc.property(some(3), some(2), (output, input) => {
      const kept = { output, input, inputChannels: 2 };
      const dense = counting(conv.shape);
      const cut = sliced(dense, conv, kept);
      expect(withSlice(dense, conv, kept, cut)).toEqual(dense);
      const negative = { shape: cut.shape, data: cut.data.map((value) => -1 - value) };
      const changed = withSlice(dense, conv, kept, negative).data;
      expect(changed.filter((value) => value < 0)).toEqual(negative.data);
      expect(changed.every((value, index) => value === index || value === -1 - index)).toBe(true);
    }),
  );
});

test('a tensor of another size is refused', () => {
  const kept: LayerKept = { output: [0], input: [0], inputChannels: 2 };
  const dense = counting(conv.shape);
  expect(() => withSlice(dense, conv, kept, dense)).toThrow('has 12 values where 2 stay');
});
