import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../src/base/random';
import type { LayerGraph } from '../../../src/network/graph';
import {
  add,
  batchNorm,
  conv,
  globalAveragePool,
  hardSwish,
  input,
  linear,
  multiply,
  prelu,
  sigmoid,
} from '../../../src/network/layers';
import { parameterSpecs } from '../../../src/network/parameters';
import { compact } from '../../../src/pruning/compaction/compact';
import { prunableOf } from '../../../src/pruning/groups';
import { prunedRows } from '../../../src/pruning/held';
import { zeroPruned } from '../../../src/pruning/masks';
import type { Masks } from '../../../src/pruning/select';
import { gatedNetwork } from '../../fixtures/branchingNetworks';
import { networkOf, networkPlan, randomTensors } from './compaction/randomNetwork';

/** An inverted bottleneck with squeeze-and-excitation, as MobileNetV3 has it, added to what it reads. */
const graph: LayerGraph = {
  name: 'inverted',
  layers: [
    input('images', { channels: 3, height: 8, width: 8 }),
    conv('stem', 'images', 2, { size: 1 }),
    conv('expand', 'stem', 3, { size: 1, bias: true }),
    batchNorm('expand.bn', 'expand'),
    hardSwish('expand.act', 'expand.bn'),
    conv('depthwise', 'expand.act', 3, { groups: 3, bias: true }),
    batchNorm('depthwise.bn', 'depthwise'),
    prelu('depthwise.act', 'depthwise.bn', true),
    globalAveragePool('squeeze', 'depthwise.act'),
    conv('inner', 'squeeze', 4, { size: 1 }),
    conv('factors', 'inner', 3, { size: 1, bias: true }),
    sigmoid('gate', 'factors'),
    multiply('gated', 'depthwise.act', 'gate'),
    conv('project', 'gated', 2, { size: 1 }),
    add('sum', 'stem', 'project'),
    batchNorm('sum.bn', 'sum'),
    globalAveragePool('pool', 'sum.bn'),
    linear('classifier', 'pool', 2),
  ],
};

const rowsOf = (masks: Masks, policy: 'keep' | 'zero') =>
  Object.fromEntries([...prunedRows(graph, masks, policy)].map(([name, rows]) => [name, [...rows].join('')]));

describe('rows that pruned filters make zero', () => {
  const expand: Masks = new Map([['expand', Uint8Array.of(1, 0, 1)]]);

  test('are by `keep` those of the filters alone', () => {
    expect(rowsOf(expand, 'keep')).toEqual({ 'expand.weight': '101', 'expand.bias': '101' });
  });

  test('are by `zero` all that belongs to their channels, with the factors of what is multiplied', () => {
    const names = ['expand', 'expand.bn', 'depthwise', 'depthwise.bn'].flatMap((name) => [
      `${name}.weight`,
      `${name}.bias`,
    ]);
    expect(rowsOf(expand, 'zero')).toEqual(
      Object.fromEntries(
        [...names, 'depthwise.act.weight', 'factors.weight', 'factors.bias'].map((name) => [name, '101']),
      ),
    );
  });

  test('of a sum are those to which nothing is added', () => {
    const one: Masks = new Map([['stem', Uint8Array.of(0, 1)]]);
    expect(rowsOf(one, 'zero')).toEqual({ 'stem.weight': '01' });
    const both: Masks = new Map([...one, ['project', Uint8Array.of(0, 0)]]);
    expect(rowsOf(both, 'zero')).toEqual({
      'stem.weight': '01',
      'project.weight': '00',
      'sum.bn.weight': '01',
      'sum.bn.bias': '01',
    });
  });

  test('are none without a mask that prunes', () => {
    expect(rowsOf(new Map([['expand', Uint8Array.of(1, 1, 1)]]), 'zero')).toEqual({});
  });
});

/** Of each parameter the rows that a compact network does not have. */
function removedRows(dense: LayerGraph, kept: ReadonlyMap<string, readonly number[]>): Map<string, string> {
  return new Map(
    parameterSpecs(dense).flatMap(({ name, layer, shape, axes }): [string, string][] => {
      if (axes[0] !== 'output') return [];
      const living = new Set(kept.get(layer));
      const rows = Array.from({ length: shape[0]! }, (_, row) => Number(living.has(row)));
      return rows.includes(0) ? [[name, rows.join('')]] : [];
    }),
  );
}

test('a compact network that trains as the masked one is without the held rows, and has all others', () => {
  let plain = 0;
  fc.assert(
    fc.property(networkPlan, (plan) => {
      const { graph: dense, tensors, masks } = networkOf({ ...plan, batchNormPolicy: 'zero', unread: 0 });
      const small = compact(dense, tensors);
      if (small.whyNotPlain !== null) return;
      plain += 1;
      const held = [...prunedRows(small.dense, masks, 'zero')].map(
        ([name, rows]) => [name, [...rows].join('')] as const,
      );
      expect(new Map(held)).toEqual(removedRows(small.dense, small.kept));
    }),
    { numRuns: 500 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('coupled masks leave nothing behind gates and depthwise convolutions', () => {
  const gated = gatedNetwork([16, 24]);
  const { layers, pools } = prunableOf(gated, 'coupled');
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const { groups } of pools)
    for (const group of groups.slice(0, groups.length >> 1))
      for (const { layer, filter } of group) masks.get(layer)![filter] = 0;
  const tensors = randomTensors(gated, randomStream(1, 'gated'));
  for (const [name, rows] of prunedRows(gated, masks, 'zero')) zeroPruned(tensors.get(name)!, rows);
  const { overheads, whyNotPlain } = compact(gated, tensors);
  expect(overheads).toEqual([]);
  expect(whyNotPlain).toBeNull();
});
