import { expect, test } from 'vitest';
import type { Tensor } from '../../../src/formats/tensor';
import { initialState } from '../../../src/network/initialState';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { buildNetwork } from '../../../src/network/zoo';
import { convolutionsOf } from '../../../src/pruning/weightFile';

const conv = (filters: number): Tensor => ({ shape: [filters, 1, 1, 1], data: new Float32Array(filters) });
const scale = (filters: number): Tensor => ({ shape: [filters], data: new Float32Array(filters) });
const found = (tensors: Record<string, Tensor>) =>
  convolutionsOf(new Map(Object.entries(tensors))).map(({ name, batchNorm }) => [name, batchNorm]);

test('the convolutions of a ResNet are those of its graph, with their batch norms', () => {
  const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
  const byName = new Map(convolutionsOf(initialState(graph, 1).parameters).map((layer) => [layer.name, layer]));
  for (const layer of prunableLayers(graph)) expect(byName.get(layer.name)).toEqual(layer);
});

test('batch norm is found by the names that PyTorch networks give it', () => {
  expect(
    found({
      'conv1.weight': conv(4),
      'bn1.weight': scale(4),
      'features.0.weight': conv(3),
      'features.1.weight': scale(3),
      'layer1.0.downsample.0.weight': conv(2),
      'layer1.0.downsample.1.weight': scale(2),
      'stem.conv.weight': conv(5),
      'stem.norm.weight': scale(5),
    }),
  ).toEqual([
    ['conv1', 'bn1'],
    ['features.0', 'features.1'],
    ['layer1.0.downsample.0', 'layer1.0.downsample.1'],
    ['stem.conv', 'stem.norm'],
  ]);
});

test('a tensor of another size is no batch norm of it, and one of another rank or without values no convolution', () => {
  expect(found({ 'conv1.weight': conv(4), 'bn1.weight': scale(3) })).toEqual([['conv1', null]]);
  expect(found({ 'empty.weight': { shape: [9, 0, 3, 3], data: new Float32Array() } })).toEqual([]);
  expect(found({ 'fc.weight': { shape: [2, 3], data: new Float32Array(6) } })).toEqual([]);
});
