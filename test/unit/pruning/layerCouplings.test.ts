import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LayerGraph } from '../../../src/network/graph';
import { add, concat, conv, input, linear } from '../../../src/network/layers';
import { buildNetwork } from '../../../src/network/zoo';
import { prunableOf } from '../../../src/pruning/groups';
import { layerCouplings, type Part } from '../../../src/pruning/layerCouplings';
import { prunabilityOf } from '../../../src/pruning/prunability';
import { denseNetwork, gatedNetwork } from '../../fixtures/branchingNetworks';
import { randomNetwork } from '../../fixtures/randomNetwork';

const images = input('images', { channels: 3, height: 32, width: 32 });
const named = (graph: LayerGraph, layer: string, part: Part): string[] =>
  layerCouplings(graph)
    .of(layer)
    .companions.filter((companion) => companion.part === part)
    .map((companion) => companion.layer);

describe('layers that move together', () => {
  const resnet20 = buildNetwork('resnet20', images.shape, 10);

  test('are those that shortcuts add, in the order of the network, and the sums in which they meet', () => {
    const last = [1, 2, 3].map((block) => `stage3.block${block}.conv2`);
    expect(named(resnet20, 'stage3.block2.conv2', 'pruned')).toEqual([
      'stem.conv',
      ...[1, 2].flatMap((stage) => [1, 2, 3].map((block) => `stage${stage}.block${block}.conv2`)),
      ...last.filter((name) => name !== 'stage3.block2.conv2'),
    ]);
    expect(named(resnet20, 'stage3.block2.conv2', 'joins')).toContain('stage3.block2.add');
    expect(named(resnet20, 'stage1.block1.add', 'pruned')).toContain('stem.conv');
    expect(layerCouplings(resnet20).of('stage1.block1.conv1').companions).toEqual([]);
  });

  test('have the number of their group, and those that move alone have none', () => {
    const couplings = layerCouplings(resnet20);
    expect(couplings.groupOf('stem.conv')).toBe(1);
    expect(couplings.groupOf('stage3.block3.conv2')).toBe(1);
    expect(couplings.groupOf('stage1.block1.conv1')).toBe(null);
  });

  test('take depthwise convolutions and gates along, and stay with what is never pruned', () => {
    const gated = gatedNetwork([16]);
    expect(named(gated, 'layers.0.0.conv1', 'follows')).toEqual([
      'layers.0.0.conv2',
      'layers.0.0.se.fc2',
      'layers.0.1.conv2',
      'layers.0.1.se.fc2',
    ]);
    expect(named(gated, 'layers.0.0.se.fc2', 'pruned')).toContain('layers.0.0.conv1');
    expect(named(gated, 'layers.0.0.conv2', 'pruned')).toContain('layers.0.1.conv1');
    expect(layerCouplings(gated).of('layers.0.0.conv1')).toMatchObject({ filters: 16, held: 0 });
    const layers = gated.layers.map((layer) =>
      layer.kind === 'conv' && layer.name === 'layers.0.0.downsample' ? { ...layer, prunable: false } : layer,
    );
    const projected = { ...gated, layers };
    expect(named(projected, 'layers.0.1.conv1', 'kept')).toEqual(['layers.0.0.downsample']);
    expect(layerCouplings(projected).of('layers.0.1.conv1')).toMatchObject({ filters: 16, held: 16 });
    expect(layerCouplings(gated).of('layers.0.0.se.fc1').companions).toEqual([]);
  });

  test('are none where outputs are only put beside each other', () => {
    const couplings = layerCouplings(denseNetwork([3]));
    for (const { name } of denseNetwork([3]).layers) expect(couplings.of(name).companions).toEqual([]);
  });

  test('are told through a concatenation: one half moves with one, the other with another', () => {
    const graph: LayerGraph = {
      name: 'halves',
      layers: [
        images,
        conv('left', 'images', 4),
        conv('right', 'images', 4),
        concat('both', 'left', 'right'),
        conv('wide', 'images', 8),
        add('sum', 'both', 'wide'),
        linear('fc', 'sum', 10),
      ],
    };
    expect(named(graph, 'left', 'pruned')).toEqual(['wide']);
    expect(named(graph, 'right', 'pruned')).toEqual(['wide']);
    expect(named(graph, 'wide', 'pruned')).toEqual(['left', 'right']);
    expect(['left', 'right', 'wide'].map((name) => layerCouplings(graph).groupOf(name))).toEqual([1, 1, 1]);
  });

  test('are found in a chain of ten thousand sums', () => {
    const layers = Array.from({ length: 10_000 }, (_, index) => [
      conv(`conv${index}`, 'images', 2),
      ...(index === 0 ? [] : [add(`sum${index}`, index === 1 ? 'conv0' : `sum${index - 1}`, `conv${index}`)]),
    ]).flat();
    const { companions } = layerCouplings({
      name: 'chain',
      layers: [images, ...layers, linear('fc', 'sum9999', 2)],
    }).of('conv7');
    expect(companions.filter(({ part }) => part === 'pruned')).toHaveLength(9999);
  });

  test('of any network are those of its coupled pools, and what stays is what no pool has', () => {
    const expectPools = (graph: LayerGraph): void => {
      const couplings = layerCouplings(graph);
      const { pools, layers } = prunableOf(graph, 'coupled');
      const together = new Map(layers.map(({ name }) => [name, new Set<string>()]));
      for (const pool of pools)
        for (const one of pool.layers)
          for (const other of pool.layers) if (one !== other) together.get(one)!.add(other);
      for (const { layer, independent, coupled, filters } of prunabilityOf(graph)) {
        if (!independent) continue;
        const found = couplings.of(layer);
        expect([found.filters, found.held]).toEqual([filters, filters - coupled]);
        const pruned = found.companions.filter(({ part }) => part === 'pruned').map(({ layer: name }) => name);
        expect(pruned).toEqual(expect.arrayContaining([...together.get(layer)!]));
        if (found.held === 0) expect(pruned.length).toBe(together.get(layer)!.size);
      }
    };
    fc.assert(fc.property(randomNetwork, expectPools), { numRuns: 100 });
  });
});
