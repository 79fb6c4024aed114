import { expect, test } from 'vitest';
import { computedChannels } from '../../../../src/engines/onnxruntime/computedChannels';

test('filters come in whole blocks, and inputs that fill a block do', () => {
  expect(computedChannels(16, 10, 16)).toEqual({ inputs: 16, outputs: 16 });
  expect(computedChannels(20, 36, 16)).toEqual({ inputs: 32, outputs: 48 });
});

test('fewer inputs than a block are read as they are', () => {
  expect(computedChannels(10, 16, 16)).toEqual({ inputs: 10, outputs: 16 });
});

test('more inputs than a block that are no multiple of 4 go without blocks', () => {
  expect(computedChannels(18, 16, 16)).toBeNull();
  expect(computedChannels(10, 16, 8)).toBeNull();
});

test('where there are no blocks, what is there is computed', () => {
  expect(computedChannels(18, 7, 1)).toEqual({ inputs: 18, outputs: 7 });
});
