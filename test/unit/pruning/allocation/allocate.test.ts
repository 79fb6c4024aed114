import { describe, expect, test } from 'vitest';
import { countMultiplyAdds, countParameters, fullWidths } from '../../../../src/network/cost';
import { networkTimes } from '../../../../src/layerTimes/networkTimes';
import { buildNetwork } from '../../../../src/network/zoo';
import { Allocator, type AllocationWish } from '../../../../src/pruning/allocation/allocate';
import { widthForecast } from '../../../../src/pruning/forecast';
import { prunableOf } from '../../../../src/pruning/groups';
import { tableOfBlocks } from '../../../fixtures/timeTable';

const graph = buildNetwork('resnet56', { channels: 3, height: 32, width: 32 }, 10);
const plain: AllocationWish = { rate: 0.3, layers: {}, allocation: 'uniform', target: null, roundTo: 1 };
const allocator = (wish: Partial<AllocationWish>, grouping: 'independent' | 'coupled' = 'independent') =>
  new Allocator(graph, prunableOf(graph, grouping), { ...plain, ...wish });
const widthsAt = (pruned: readonly number[], grouping: 'independent' | 'coupled') => {
  const prunable = prunableOf(graph, grouping);
  return widthForecast(graph, prunable)(prunable.pools.map(({ groups }, index) => groups.length - pruned[index]!));
};

test('one rate prunes the floor of each layer, and a share of it at a share of the way', () => {
  expect(new Set(allocator({}).pruned([]))).toEqual(new Set([4, 9, 19]));
  expect(new Set(allocator({}).pruned([], 0.5))).toEqual(new Set([2, 4, 9]));
});

test('layers with a rate of their own keep it; coupled ones take the gentlest of theirs', () => {
  const layers = { 'stage3.block2.conv2': { rate: 0 } };
  const independent = prunableOf(graph, 'independent').pools;
  const pruned = allocator({ layers }).pruned([]);
  expect(independent.filter((_, index) => pruned[index] === 0).map(({ name }) => name)).toEqual(Object.keys(layers));
  const coupled = allocator({ layers }, 'coupled').pruned([]);
  const untouched = prunableOf(graph, 'coupled').pools.filter((_, index) => coupled[index] === 0);
  expect(untouched.every((pool) => pool.layers.includes('stage3.block2.conv2'))).toBe(true);
  expect(untouched).toHaveLength(3);
});

describe('a global ranking', () => {
  const prunable = prunableOf(graph, 'independent');
  const scores = prunable.pools.map(({ groups }, pool) =>
    Float64Array.from(groups, (_, group) => (1 + group / groups.length) * (pool === 3 ? 0.01 : 1) * (pool + 1)),
  );

  test('prunes as many as the rate does, whatever the scale of a layer', () => {
    const pruned = allocator({ allocation: 'global' }).pruned(scores);
    const byRate = allocator({}).pruned([]);
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(pruned)).toBe(sum(byRate));
    // All pools have the same profile; layer 3 only has smaller numbers.
    expect(Math.abs(pruned[3]! - pruned[4]!)).toBeLessThanOrEqual(1);
  });

  test('leaves one filter in a layer that is worth nothing', () => {
    const one = scores.map((pool, index) => (index === 3 ? pool.map((_, group) => (group === 0 ? 1e9 : 0)) : pool));
    expect(allocator({ allocation: 'global' }).pruned(one)[3]).toBe(15);
  });
});

describe('targets', () => {
  test.each(['independent', 'coupled'] as const)(
    'of FLOPs and parameters are reached, and hardly passed (%s)',
    (grouping) => {
      const flops = allocator({ target: { kind: 'flops', left: 0.5 } }, grouping).pruned([]);
      const left = countMultiplyAdds(graph, widthsAt(flops, grouping)) / countMultiplyAdds(graph, fullWidths(graph));
      expect(left).toBeLessThanOrEqual(0.5);
      expect(left).toBeGreaterThan(0.45);
      const parameters = allocator({ target: { kind: 'parameters', left: 0.6 } }, grouping).pruned([]);
      const share = countParameters(graph, widthsAt(parameters, grouping)) / countParameters(graph, fullWidths(graph));
      expect(share).toBeLessThanOrEqual(0.6);
      expect(share).toBeGreaterThan(0.55);
    },
  );

  test('that cannot be reached say what can', () => {
    expect(() => allocator({ target: { kind: 'flops', left: 0.001 } }).pruned([])).toThrow('one filter stays');
  });

  test('of FLOPs in whole blocks of 8: every width fits, and the target is kept', () => {
    const pruned = allocator({ target: { kind: 'flops', left: 0.4 }, roundTo: 8 }, 'coupled').pruned([]);
    const widths = widthsAt(pruned, 'coupled');
    expect([...widths].filter(([, width]) => width % 8 !== 0)).toEqual([
      ['input', 3],
      ['classifier', 10],
    ]);
    const left = countMultiplyAdds(graph, widths) / countMultiplyAdds(graph, fullWidths(graph));
    expect(Math.abs(left - 0.4)).toBeLessThan(0.01);
  });
});

describe('targets of measured time', () => {
  const dense = 1.5e-4;
  const timed = (grouping: 'independent' | 'coupled', wish: Partial<AllocationWish>) => {
    const prunable = prunableOf(graph, grouping);
    const times = networkTimes(graph, prunable, tableOfBlocks(graph, dense))!;
    const pruned = new Allocator(graph, prunable, { ...plain, ...wish }, times).pruned([]);
    return { prunable, pruned, left: times.secondsAt(widthsAt(pruned, grouping)) / dense };
  };

  test.each([
    ['coupled', 0.8],
    ['coupled', 0.6],
    ['independent', 0.7],
  ] as const)('are reached and hardly passed (%s, %d)', (grouping, wanted) => {
    const { left } = timed(grouping, { target: { kind: 'latency', left: wanted } });
    expect(left).toBeLessThanOrEqual(wanted);
    expect(left).toBeGreaterThan(0.95 * wanted);
  });

  test('leave layers alone that have a rate of their own', () => {
    const layers = { 'stage3.*.conv1': { rate: 0 } };
    const { prunable, pruned } = timed('coupled', { target: { kind: 'latency', left: 0.8 }, layers });
    const untouched = prunable.pools.filter(({ name }) => /^stage3.*conv1$/.test(name));
    expect(untouched.map((pool) => pruned[prunable.pools.indexOf(pool)])).toEqual(untouched.map(() => 0));
  });

  test('that cannot be reached say what can', () => {
    expect(() => timed('independent', { target: { kind: 'latency', left: 0.001 } })).toThrow(
      'of the measured time is 0.',
    );
  });

  test('rounding to what the machine does fast keeps whole blocks', () => {
    const { prunable, pruned } = timed('coupled', { roundTo: 'machine', rate: 0.4 });
    for (const [index, { name, groups }] of prunable.pools.entries())
      if (name.endsWith('conv1')) expect((groups.length - pruned[index]!) % 16).toBe(0);
  });
});
