import { expect, it } from 'vitest';
import { whyPlainPays } from '../../../../../src/engines/onnxruntime/blocked/blocksPay';
import type { Layer, LayerGraph } from '../../../../../src/network/graph';
import { concat, conv, globalAveragePool, input, linear } from '../../../../../src/network/layers';

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
  expect(whyPlainPays(networkOf(...widths), block) === null).toBe(expected);
});

/** As DenseNet: every convolution reads all before it, and adds so many channels. */
function grown(by: number, count: number): LayerGraph {
  const layers: Layer[] = [input('input', { channels: 3, height: 8, width: 8 }), conv('joined0', 'input', by)];
  for (let index = 1; index <= count; index++)
    layers.push(
      conv(`conv${index}`, `joined${index - 1}`, by),
      concat(`joined${index}`, `joined${index - 1}`, `conv${index}`),
    );
  const head = [globalAveragePool('pool', `joined${count}`), linear('classifier', 'pool', 2)];
  return { name: 'grown', layers: [...layers, ...head] };
}

it.each([
  [12, 16, true],
  [8, 16, true],
  [7, 16, false],
  [7, 8, true],
])('what a concatenation grows by counts with its own filling: %i, blocks of %i: %s', (by, block, expected) => {
  expect(whyPlainPays(grown(by, 10), block) === null).toBe(expected);
});

it('tells why it does not, and counts what has to leave the blocks', () => {
  expect(whyPlainPays(networkOf(1, 2, 4), 16)).toBe(
    'the layers are narrow, so that whole blocks of 16 would more than double them',
  );
  const { name, layers } = networkOf(16, 32, 32, 32);
  const grouped = (...names: readonly string[]): LayerGraph => ({
    name,
    layers: layers.map((layer) =>
      layer.kind === 'conv' && names.includes(layer.name) ? { ...layer, groups: 4 } : layer,
    ),
  });
  expect(whyPlainPays(grouped('conv2'), 16)).toBeNull();
  expect(whyPlainPays(grouped('conv1', 'conv2', 'conv3'), 16)).toBe(
    'most convolutions have groups, dilation or uneven strides, for which there are no blocked ones',
  );
});
