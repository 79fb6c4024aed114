import { expect, test } from 'vitest';
import type { Tensor } from '../../../src/formats/tensor';
import { parameterSpecs, sizeOf } from '../../../src/network/parameters';
import { prunableLayers } from '../../../src/network/prunableLayers';
import { buildNetwork } from '../../../src/network/zoo';
import { convolutionsOf } from '../../../src/pruning/weightFile';

const conv = (filters: number, inputs = 2): Tensor => {
  return { shape: [filters, inputs, 1, 1], data: new Float32Array(filters * inputs) };
};
const scale = (filters: number): Tensor => ({ shape: [filters], data: new Float32Array(filters) });
const found = (tensors: Record<string, Tensor>) =>
  convolutionsOf(new Map(Object.entries(tensors))).map(({ name, batchNorm }) => [name, batchNorm]);

test.each(['resnet20', 'resnet18', 'vgg16', 'mobilenetv1', 'mobilenetv2'])(
  'the convolutions of %s are those of its graph, with their biases and batch norms',
  (arch) => {
    const graph = buildNetwork(arch, { channels: 3, height: 32, width: 32 }, 10);
    const tensors = new Map(
      parameterSpecs(graph).map(({ name, shape }) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]),
    );
    const layers = convolutionsOf(tensors);
    const byName = new Map(layers.map((layer) => [layer.name, layer]));
    for (const layer of prunableLayers(graph)) expect(byName.get(layer.name)).toEqual(layer);
    const others = layers.length - prunableLayers(graph).length;
    // In a file nothing tells projections at shortcuts from other convolutions.
    expect(others).toBe(arch === 'resnet18' ? 3 : 0);
  },
);

test('filters that read a single channel are depthwise, but for the first ones', () => {
  expect(found({ 'a.weight': conv(4, 1), 'b.weight': conv(4, 1), 'c.weight': conv(4, 4) })).toEqual([
    ['a', null],
    ['c', null],
  ]);
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
