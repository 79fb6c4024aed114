import { expect, test } from 'vitest';
import {
  add,
  batchNorm,
  conv,
  flatten,
  globalAveragePool,
  input,
  linear,
  multiply,
  sigmoid,
} from '../../../src/network/layers';
import type { LayerGraph } from '../../../src/network/graph';
import { prunabilityOf } from '../../../src/pruning/prunability';

const images = input('input', { channels: 3, height: 8, width: 8 });

test('a convolution whose filters cannot be pruned has a reason', () => {
  const graph: LayerGraph = {
    name: 'net',
    layers: [
      images,
      conv('first', 'input', 8),
      conv('depthwise', 'first', 8, { groups: 8 }),
      globalAveragePool('squeezed', 'depthwise'),
      conv('inner', 'squeezed', 4, { size: 1 }),
      conv('factors', 'inner', 8, { size: 1 }),
      sigmoid('gate', 'factors'),
      multiply('product', 'depthwise', 'gate'),
      conv('second', 'product', 8),
      { ...conv('projection', 'product', 8, { size: 1 }), prunable: false },
      add('sum', 'second', 'projection'),
      conv('read', 'sum', 8),
      conv('grouped', 'read', 8, { groups: 2 }),
      globalAveragePool('pool', 'grouped'),
      conv('logits', 'pool', 2, { size: 1 }),
      flatten('flat', 'logits'),
    ],
  };
  const found = prunabilityOf(graph).map(({ layer, independent, coupled, reason }) => [
    layer,
    independent,
    coupled,
    reason,
  ]);
  expect(found).toEqual([
    ['first', true, 8, null],
    ['depthwise', false, 0, 'Its filters read groups of channels: they go with those or stay.'],
    ['inner', true, 4, null],
    ['factors', false, 0, 'Its filters are factors of "product", and go with what they multiply.'],
    ['second', true, 0, 'They are added to channels that are never pruned, and stay where filters go together.'],
    ['projection', false, 0, 'It is a projection shortcut, which papers leave as it is.'],
    ['read', false, 0, '"grouped" must have all of its channels.'],
    ['grouped', false, 0, 'Its filters read groups of channels: they go with those or stay.'],
    ['logits', false, 0, 'Its filters are the outputs of the network.'],
  ]);
});

test('a plain network can be pruned in both ways', () => {
  const layers = [
    images,
    conv('conv', 'input', 4),
    batchNorm('bn', 'conv'),
    globalAveragePool('pool', 'bn'),
    linear('fc', 'pool', 2),
  ];
  expect(prunabilityOf({ name: 'net', layers })).toEqual([
    { layer: 'conv', filters: 4, independent: true, coupled: 4, reason: null },
  ]);
});
