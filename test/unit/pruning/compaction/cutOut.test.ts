import { expect, it } from 'vitest';
import { initialState } from '../../../../src/network/initialState';
import type { NetworkState } from '../../../../src/network/state';
import { cifarResNet } from '../../../../src/network/zoo/cifarResNet';
import { compact } from '../../../../src/pruning/compaction/compact';
import { cutOut } from '../../../../src/pruning/compaction/cutOut';
import { writeBack } from '../../../../src/pruning/compaction/writeBack';

const graph = cifarResNet('resnet8', 8, { channels: 3, height: 8, width: 8 }, 10);

function compacted(shift: number) {
  const state = initialState(graph, 1);
  state.parameters.get('stage1.block1.conv1.weight')!.data.fill(0, 9 * 16 * 4);
  state.parameters.get('stage1.block1.bn1.bias')!.data.fill(shift);
  for (const { data } of state.momenta.values()) data.forEach((_, index) => (data[index] = index));
  return { state, compaction: compact(graph, new Map([...state.parameters, ...state.statistics])) };
}

it('takes the rows and columns that stay, of parameters, momenta and statistics', () => {
  const { state, compaction } = compacted(0);
  const own = cutOut(compaction, state);
  expect(own.parameters).toEqual(new Map([...compaction.tensors].filter(([name]) => state.parameters.has(name))));
  expect(own.statistics).toEqual(new Map([...compaction.tensors].filter(([name]) => state.statistics.has(name))));
  const momenta = own.momenta.get('stage1.block1.conv2.weight')!;
  expect(momenta.shape).toEqual([16, 4, 3, 3]);
  expect(momenta.data[4 * 9]).toBe(16 * 9);
  expect(writeBack(compaction, state, own)).toEqual(state);
});

it('refuses what does not fit, and a network that is no mere part', () => {
  const { state, compaction } = compacted(0);
  const without = (tensors: NetworkState['momenta'], name: string) =>
    new Map([...tensors].filter(([key]) => key !== name));
  expect(() => cutOut(compaction, { ...state, momenta: without(state.momenta, 'classifier.bias') })).toThrow(
    '"classifier.bias" is missing',
  );
  const short = new Map(state.momenta).set('classifier.bias', { shape: [9], data: new Float32Array(9) });
  expect(() => cutOut(compaction, { ...state, momenta: short })).toThrow(
    "has the shape [9], but the network's has [10]",
  );
  const other = compacted(1);
  expect(() => cutOut(other.compaction, other.state)).toThrow(/reads constants of removed filters/);
});
