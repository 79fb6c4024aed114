import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelFlow } from '../../../src/network/channels';
import type { Layer, LayerGraph } from '../../../src/network/graph';
import {
  add,
  batchNorm,
  conv,
  dropout,
  globalAveragePool,
  input,
  linear,
  multiply,
  relu,
  sigmoid,
} from '../../../src/network/layers';
import { boundLayers, prunableLayers, wholeReaders } from '../../../src/network/prunableLayers';
import { buildNetwork } from '../../../src/network/zoo';
import { prunableOf } from '../../../src/pruning/groups';
import { randomNetwork } from '../../fixtures/randomNetwork';

const images = input('images', { channels: 4, height: 6, width: 6 });
const graphOf = (...layers: Layer[]): LayerGraph => ({ name: 'bound', layers: [images, ...layers] });
const pooled = (graph: LayerGraph, grouping: 'independent' | 'coupled') =>
  new Set(prunableOf(graph, grouping).pools.flatMap(({ groups }) => groups.flat().map(({ layer }) => layer)));

/** What can be pruned by either grouping. */
function namesOf(graph: LayerGraph) {
  const names = prunableLayers(graph).map(({ name }) => name);
  for (const grouping of ['independent', 'coupled'] as const)
    for (const layer of pooled(graph, grouping)) expect(names).toContain(layer);
  return names;
}

describe('never pruned are filters', () => {
  test('that give the output, also behind pooling and dropout', () => {
    const graph = graphOf(
      conv('first', 'images', 4),
      conv('classifier', 'first', 3, { size: 1, bias: true }),
      globalAveragePool('pool', 'classifier'),
      dropout('dropout', 'pool', 0.5),
    );
    expect(namesOf(graph)).toEqual(['first']);
    expect(boundLayers(graph)).toEqual(new Map([['classifier', 'output']]));
  });

  test('that a convolution in groups reads, also through sums, and those of it', () => {
    const graph = graphOf(
      conv('first', 'images', 4),
      batchNorm('bn', 'first'),
      conv('second', 'bn', 4),
      add('sum', 'bn', 'second'),
      conv('grouped', 'sum', 8, { groups: 2 }),
      conv('third', 'grouped', 4),
      linear('classifier', 'third', 3),
    );
    expect(namesOf(graph)).toEqual(['third']);
    expect([...wholeReaders(graph)]).toEqual(['grouped']);
    expect(boundLayers(graph)).toEqual(
      new Map([
        ['first', { readWholeBy: 'grouped' }],
        ['second', { readWholeBy: 'grouped' }],
      ]),
    );
  });

  test('that are factors of a product, while what they multiply is pruned', () => {
    const graph = graphOf(
      conv('first', 'images', 4),
      globalAveragePool('squeezed', 'first'),
      conv('fc1', 'squeezed', 2, { size: 1, bias: true }),
      relu('relu', 'fc1'),
      conv('fc2', 'relu', 4, { size: 1, bias: true }),
      sigmoid('gate', 'fc2'),
      multiply('product', 'first', 'gate'),
      linear('classifier', 'product', 3),
    );
    expect(namesOf(graph)).toEqual(['first', 'fc1']);
    expect(boundLayers(graph)).toEqual(new Map([['fc2', { factorsOf: 'product' }]]));
    expect(prunableLayers(graph)[1]).toEqual({
      name: 'fc1',
      filters: 2,
      weight: 'fc1.weight',
      bias: 'fc1.bias',
      batchNorm: null,
    });
  });

  test('of depthwise convolutions, which go with the channels that they read', () => {
    const { layers } = buildNetwork('mobilenetv1', { channels: 3, height: 32, width: 32 }, 10);
    const names = namesOf({ name: 'mobilenetv1', layers });
    expect(names).toHaveLength(14);
    expect(names.filter((name) => name.endsWith('.conv1'))).toEqual([]);
    expect(boundLayers({ name: 'mobilenetv1', layers })).toEqual(new Map());
  });

  test('of projections at shortcuts', () => {
    const names = namesOf(buildNetwork('resnet50', { channels: 3, height: 32, width: 32 }, 10));
    expect(names).toHaveLength(1 + 3 * 16);
    expect(names.filter((name) => name.includes('downsample'))).toEqual([]);
  });
});

test('coupled, filters that a projection joins to a sum are not pruned, and those before a depthwise convolution are', () => {
  const resnet = buildNetwork('resnet18', { channels: 3, height: 32, width: 32 }, 10);
  const ofResnet = pooled(resnet, 'coupled');
  expect(ofResnet.has('layer1.1.conv2')).toBe(true);
  expect(ofResnet.has('layer2.0.conv2')).toBe(false);
  expect(ofResnet.has('layer2.1.conv1')).toBe(true);
  const mobilenet = buildNetwork('mobilenetv2', { channels: 3, height: 32, width: 32 }, 10);
  const { pools } = prunableOf(mobilenet, 'coupled');
  expect(pools.find(({ name }) => name === 'features.3.conv.2')?.layers).toBeUndefined();
  expect(pools.find(({ name }) => name === 'features.2.conv.2')?.layers).toEqual([
    'features.2.conv.2',
    'features.3.conv.2',
  ]);
});

test('of any network those are bound that feed its output, factors, or who reads all channels', () => {
  const expectFeeding = (graph: LayerGraph): void => {
    const flow = channelFlow(graph);
    const feeding = (name: string) => flow.get(name)!.flatMap(({ sources }) => sources.map(({ layer }) => layer));
    const whole = [...wholeReaders(graph)].map((name) => graph.layers.find((layer) => layer.name === name)!.inputs[0]!);
    const factors = graph.layers.filter(({ kind }) => kind === 'multiply').map(({ inputs }) => inputs[1]!);
    const expected = new Set([graph.layers.at(-1)!.name, ...whole, ...factors].flatMap(feeding));
    expect(new Set(boundLayers(graph).keys())).toEqual(expected);
  };
  fc.assert(fc.property(randomNetwork, expectFeeding), { numRuns: 100 });
});
