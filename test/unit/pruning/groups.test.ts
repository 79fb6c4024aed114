import { describe, expect, test } from 'vitest';
import type { Layer } from '../../../src/network/graph';
import { buildNetwork } from '../../../src/network/zoo';
import { prunableOf, type Prunable } from '../../../src/pruning/groups';

const resnet20 = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const sizes = ({ pools }: Prunable) => pools.map(({ layers, groups }) => [layers.length, groups.length]);

test('independent: every layer is a pool of its own', () => {
  const { pools, layers } = prunableOf(resnet20, 'independent');
  expect(pools.map(({ name }) => name)).toEqual(layers.map(({ name }) => name));
  expect(pools.every(({ groups }) => groups.every((group) => group.length === 1))).toBe(true);
});

describe('coupled', () => {
  const { pools } = prunableOf(resnet20, 'coupled');

  test('what shortcuts join is one pool for each stage that its channels begin in', () => {
    // 16 channels run through all three stages, 16 more through two, 32 more through the last; the first convolutions of
    // blocks are on their own.
    expect(sizes({ layers: [], pools })).toEqual([
      [10, 16],
      ...Array.from({ length: 3 }, () => [1, 16]),
      [1, 32],
      [6, 16],
      [1, 32],
      [1, 32],
      [1, 64],
      [3, 32],
      [1, 64],
      [1, 64],
    ]);
    expect(pools[0]!.layers).toEqual([
      'stem.conv',
      ...[1, 2, 3].flatMap((stage) => [1, 2, 3].map((block) => `stage${stage}.block${block}.conv2`)),
    ]);
  });

  test('a group is the same channel in all its layers', () => {
    const group = pools[5]!.groups[3]!;
    expect(new Set(group.map(({ filter }) => filter))).toEqual(new Set([19]));
    expect(group.map(({ layer }) => layer)).toEqual(pools[5]!.layers);
  });

  test('every filter is in one group', () => {
    const refs = pools.flatMap(({ groups }) => groups.flat()).map(({ layer, filter }) => `${layer} ${filter}`);
    const filters = prunableOf(resnet20, 'independent').pools.reduce((sum, { groups }) => sum + groups.length, 0);
    expect(refs).toHaveLength(filters);
    expect(new Set(refs).size).toBe(filters);
  });

  test('what is joined to a layer that is never pruned is not pruned either', () => {
    const isProjection = (name: string) => name === 'stage1.block1.conv2';
    const layers = resnet20.layers.map((layer): Layer =>
      layer.kind === 'conv' && isProjection(layer.name) ? { ...layer, prunable: false } : layer,
    );
    const names = prunableOf({ ...resnet20, layers }, 'coupled').pools.flatMap((pool) => pool.layers);
    expect(names).not.toContain('stem.conv');
    expect(names).toContain('stage1.block1.conv1');
    // The channels that only begin in later stages are free.
    expect(names).toContain('stage2.block1.conv2');
  });
});
