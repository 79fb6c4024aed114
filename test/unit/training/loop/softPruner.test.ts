import { describe, expect, it } from 'vitest';
import type { Tensor, TensorMap } from '../../../../src/network/state';
import { SoftPruner } from '../../../../src/training/loop/softPruner';

const layers = [{ name: 'stem.conv', filters: 4, weight: 'stem.conv.weight' }];

function parameters(...filters: readonly (readonly [number, number])[]): TensorMap {
  const weight: Tensor = { shape: [filters.length, 2, 1, 1], data: Float32Array.from(filters.flat()) };
  return new Map([['stem.conv.weight', weight]]);
}

describe('SoftPruner', () => {
  it('zeroes the filters of lowest score and records scores and masks', () => {
    const pruner = new SoftPruner(layers, 'l1', () => 0.5);
    const state = parameters([3, -4], [1, 1], [-1, 0.5], [2, 2]);
    const { records, layers: counts } = pruner.prune(state);
    expect([...(state.get('stem.conv.weight')?.data ?? [])]).toEqual([3, -4, 0, 0, 0, 0, 2, 2]);
    expect(records).toEqual([
      { name: 'stem.conv', scores: Float32Array.of(7, 2, 1.5, 4), mask: Uint8Array.of(1, 0, 0, 1) },
    ]);
    expect(counts).toEqual([{ name: 'stem.conv', filters: 4, pruned: 2, returned: 0 }]);
  });

  it('chooses afresh each time, and counts the filters that came back', () => {
    const pruner = new SoftPruner(layers, 'l2', () => 0.5);
    pruner.prune(parameters([3, 4], [1, 1], [0.1, 0.1], [2, 2]));
    const grown = pruner.prune(parameters([3, 4], [9, 9], [0.1, 0.1], [2, 2]));
    expect(grown.records[0]?.mask).toEqual(Uint8Array.of(1, 1, 0, 0));
    expect(grown.layers[0]).toMatchObject({ pruned: 2, returned: 1 });
  });

  it('takes each layer’s own rate, rounded down', () => {
    const two = [...layers, { name: 'stage1.conv', filters: 10, weight: 'stage1.conv.weight' }];
    const state: TensorMap = new Map([
      ...parameters([1, 1], [2, 2], [3, 3], [4, 4]),
      ['stage1.conv.weight', { shape: [10, 1, 1, 1], data: Float32Array.from({ length: 10 }, (_, i) => 1 + i) }],
    ]);
    const pruner = new SoftPruner(two, 'l2', (name) => (name === 'stem.conv' ? 0.3 : 0.1));
    expect(pruner.prune(state).layers.map(({ pruned }) => pruned)).toEqual([1, 1]);
  });
});
