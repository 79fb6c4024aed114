import { expect, it } from 'vitest';
import { fillingPays } from '../../../../../src/engines/onnxruntime/blocked/fillingPays';
import type { LayerGraph } from '../../../../../src/network/graph';
import { conv, globalAveragePool, input, linear } from '../../../../../src/network/layers';

function networkOf(...widths: readonly number[]): LayerGraph {
  const convolutions = widths.map((width, index) =>
    conv(`conv${index}`, index === 0 ? 'input' : `conv${index - 1}`, width),
  );
  const last = convolutions.at(-1)!.name;
  const layers = [input('input', { channels: 3, height: 8, width: 8 }), ...convolutions];
  return { name: 'chain', layers: [...layers, globalAveragePool('pool', last), linear('classifier', 'pool', 2)] };
}

it.each([
  [[16, 32], 16, true],
  [[10, 20, 39], 16, true],
  [[8], 16, true],
  [[7], 16, false],
  [[7], 8, true],
  [[1, 64], 16, true],
  [[1, 2, 4], 16, false],
])('filling widths %j up to blocks of %i pays: %s', (widths, block, expected) => {
  expect(fillingPays(networkOf(...widths), block)).toBe(expected);
});
