import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Layer } from '../../../src/network/graph';
import { parseLayerGraph } from '../../../src/network/graphSchema';
import { buildNetwork } from '../../../src/network/zoo';
import { compactImage, compactResNet } from '../../fixtures/compactNetwork';
import { randomNetwork } from '../../fixtures/randomNetwork';

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The compact ResNet with one layer changed. */
function changed(name: string, changes: object): unknown {
  const layers = compactResNet.layers.map((layer) => (layer.name === name ? { ...layer, ...changes } : layer));
  return written({ ...compactResNet, layers });
}

describe('a network from a file', () => {
  it('is what was written', () => {
    for (const graph of [compactResNet, buildNetwork('resnet56', compactImage, 10)])
      expect(parseLayerGraph(written(graph))).toEqual(graph);
    fc.assert(
      fc.property(randomNetwork, (graph) => {
        expect(parseLayerGraph(written(graph))).toEqual(graph);
      }),
    );
  });

  it('has names in which nothing hides', () => {
    const renamed = { 'stem.conv': 'stem\u202e.conv\n' };
    const graph = JSON.parse(
      JSON.stringify(compactResNet).replaceAll('"stem.conv"', JSON.stringify(renamed['stem.conv'])),
    ) as unknown;
    const names = parseLayerGraph(graph).layers.map(({ name }) => name);
    expect(names[1]).toBe(String.raw`stem\u202e.conv\n`);
  });

  it.each<[string, unknown, RegExp]>([
    ['is no object', null, /expected object/],
    ['has no layers', { name: 'x', layers: [] }, /layers/],
    ['has a layer of another kind', changed('pool', { kind: 'transformer' }), /layers/],
    ['has a layer of many filters', changed('stem.conv', { filters: 1e9 }), /filters/],
    ['has images beyond all memory', changed('input', { shape: { channels: 3, height: 4096, width: 4096 } }), /values/],
    [
      'has weights beyond all memory',
      {
        name: 'x',
        layers: [
          { kind: 'input', name: 'input', inputs: [], shape: { channels: 65_536, height: 1, width: 1 } },
          {
            kind: 'conv',
            name: 'conv',
            inputs: ['input'],
            filters: 65_536,
            kernel: [64, 64],
            stride: 1,
            padding: 32,
            prunable: true,
          },
        ],
      },
      /parameters, more than can be computed with/,
    ],
    ['appends channels beyond all memory', changed('stage3.block1.shortcut', { appendedChannels: 1e9 }), /appended/],
    ['reads what does not come before', changed('stem.conv', { inputs: ['pool'] }), /does not come before/],
    ['adds what does not fit', changed('stage3.block1.conv2', { filters: 12 }), /adds|add/],
    ['puts two channels in one place', changed('stage1.block1.scatter', { positions: [0, 0, 1, 2] }), /position/],
    ['puts channels outside', changed('stage1.block1.scatter', { positions: [0, 1, 2, 7] }), /outside/],
    ['has two inputs', changed('stem.bn', { kind: 'input', inputs: [], shape: compactImage }), /one input layer/],
  ])('is refused when it %s', (_, value, reason) => {
    expect(() => parseLayerGraph(value)).toThrow(reason);
  });

  it('is refused when a layer of any kind lacks one of its fields, but for those that networks once had not', () => {
    const younger = ['dilation', 'groups', 'bias'];
    for (const layer of compactResNet.layers)
      for (const field of Object.keys(layer).filter((name) => !younger.includes(name)))
        expect(() => parseLayerGraph(written(changed(layer.name, { [field]: undefined }))), field).toThrow(field);
  });

  it('is refused or good, whatever one of its numbers is', () => {
    const numbers = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 1e300, NaN));
    fc.assert(
      fc.property(fc.nat(compactResNet.layers.length - 1), numbers, (index, number) => {
        const layers = compactResNet.layers.map((layer, at) => (at === index ? withNumbers(layer, number) : layer));
        try {
          parseLayerGraph({ ...compactResNet, layers });
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

function withNumbers(layer: Layer, number: number): object {
  return Object.fromEntries(
    Object.entries(layer).map(([key, value]) => [key, typeof value === 'number' ? number : (value as unknown)]),
  );
}
