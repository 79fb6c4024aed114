import { expect, it } from 'vitest';
import { ChannelPlaces } from '../../../../../src/engines/onnxruntime/blocked/channelPlaces';
import { isPlain, layerForms } from '../../../../../src/engines/onnxruntime/blocked/forms';
import type { LayerGraph } from '../../../../../src/network/graph';
import {
  concat,
  conv,
  globalAveragePool,
  input,
  linear,
  multiply,
  relu,
  sigmoid,
} from '../../../../../src/network/layers';

const graph: LayerGraph = {
  name: 'gated',
  layers: [
    input('images', { channels: 3, height: 8, width: 8 }),
    conv('first', 'images', 3),
    conv('second', 'first', 2),
    concat('both', 'first', 'second'),
    globalAveragePool('squeezed', 'both'),
    conv('excited', 'squeezed', 5, { size: 1 }),
    sigmoid('factors', 'excited'),
    multiply('scaled', 'both', 'factors'),
    conv('depthwise', 'scaled', 5, { groups: 5 }),
    relu('relu', 'depthwise'),
    conv('last', 'relu', 6),
    globalAveragePool('pool', 'last'),
    linear('classifier', 'pool', 2),
  ],
};

it('tells what lies in blocks, where its channels are, and what has nothing to do with blocks', () => {
  const forms = layerForms(graph, 4);
  const told = graph.layers.map(({ name }) => {
    const { output } = forms.get(name)!;
    return [name, output instanceof ChannelPlaces ? output.places : output];
  });
  const joined = [0, 1, 2, 4, 5];
  expect(told).toEqual([
    ['images', 'images'],
    ['first', [0, 1, 2]],
    ['second', [0, 1]],
    ['both', joined],
    ['squeezed', 'plain'],
    ['excited', 'plain'],
    ['factors', 'plain'],
    ['scaled', joined],
    ['depthwise', joined],
    ['relu', joined],
    ['last', [0, 1, 2, 3, 4, 5]],
    ['pool', 'plain'],
    ['classifier', 'plain'],
  ]);
  expect(graph.layers.filter(({ name }) => isPlain(forms.get(name)!)).map(({ name }) => name)).toEqual([
    'excited',
    'factors',
    'classifier',
  ]);
});
