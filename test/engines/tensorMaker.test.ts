import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/engines/tensorflow/binding';
import { TensorMaker } from '../../src/engines/tensorflow/tensorMaker';
import { testedTensorflow } from './testedTensorflow';

const installation = await testedTensorflow();

describe.skipIf(!installation)('tensors of TensorFlow', () => {
  it('share no memory with JavaScript, whatever their size', () => {
    const binding = loadBinding(installation!, { threads: 1, tf32: false });
    const make = new TensorMaker(binding);
    const sizes = [1, 2, 3, 4, 7, 16, 64, 100, 1000, 4096, 65_536, 1_000_000];
    const tensors = sizes.map((size) => make.floats([size], new Float32Array(size).fill(size)));
    // Each of these writes over the memory that the ones before were made from.
    const counts = sizes.map((size) => make.integers([size], new Int32Array(size).fill(-size)));
    for (const [index, size] of sizes.entries()) {
      expect(binding.tensorDataSync(tensors[index]!)).toEqual(new Float32Array(size).fill(size));
      expect(binding.tensorDataSync(counts[index]!)).toEqual(new Int32Array(size).fill(-size));
    }
    for (const id of [...tensors, ...counts]) binding.deleteTensor(id);
  });
});
