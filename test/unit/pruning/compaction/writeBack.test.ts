import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import { plainLogits } from '../../../../src/export/plainLogits';
import { initialState } from '../../../../src/network/initialState';
import type { NetworkState, TensorMap } from '../../../../src/network/state';
import { buildNetwork } from '../../../../src/network/zoo';
import { compact } from '../../../../src/pruning/compaction/compact';
import { writeBack } from '../../../../src/pruning/compaction/writeBack';
import { prunableOf } from '../../../../src/pruning/groups';
import { someImages } from '../../../fixtures/compactNetwork';
import { applyMasks, randomTensors } from './randomNetwork';

const image = { channels: 3, height: 8, width: 8 };
const graph = buildNetwork('resnet20', image, 10);
const { layers, pools } = prunableOf(graph, 'coupled');

function masked(policy: 'keep' | 'zero'): NetworkState {
  const tensors = randomTensors(graph, randomStream(1, 'dense'));
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const { groups } of pools)
    for (const group of groups.filter((_, index) => index % 3 === 1))
      for (const { layer, filter } of group) masks.get(layer)![filter] = 0;
  applyMasks(graph, tensors, masks, policy);
  return stateOf(tensors);
}

/** Momenta are a hundredfold of the parameters, so that one cannot be taken for the other. */
function stateOf(tensors: TensorMap): NetworkState {
  const { parameters, statistics } = initialState(graph, 1);
  const from = (names: TensorMap, factor: number): TensorMap =>
    new Map(
      [...tensors]
        .filter(([name]) => names.has(name))
        .map(([name, { shape, data }]) => [name, { shape, data: data.map((value) => factor * value) }]),
    );
  return { parameters: from(parameters, 1), momenta: from(parameters, 100), statistics: from(statistics, 1) };
}

const tensorsOf = ({ parameters, statistics }: NetworkState): TensorMap => new Map([...parameters, ...statistics]);

test('what is cut out comes back to where it was', () => {
  const dense = masked('zero');
  const compaction = compact(graph, tensorsOf(dense));
  const momenta = compact(graph, new Map([...dense.momenta, ...dense.statistics])).tensors;
  const back = writeBack(compaction, dense, { ...stateOf(compaction.tensors), momenta });
  for (const part of ['parameters', 'momenta', 'statistics'] as const) {
    expect([...back[part].keys()]).toEqual([...dense[part].keys()]);
    for (const [name, { data }] of dense[part])
      expect(Buffer.from(back[part].get(name)!.data.buffer).equals(Buffer.from(data.buffer))).toBe(true);
  }
});

test('what training changes gives the same network, and pruned filters stay zero', () => {
  const dense = masked('zero');
  const compaction = compact(graph, tensorsOf(dense));
  const trained = stateOf(randomTensors(compaction.graph, randomStream(2, 'trained')));
  const back = writeBack(compaction, dense, trained);
  const images = someImages(image, 2);
  const small = plainLogits(compaction.graph, tensorsOf(trained), images, 2);
  for (const [index, logit] of plainLogits(graph, tensorsOf(back), images, 2).entries())
    expect(logit / small[index]!).toBeCloseTo(1, 9);
  expect(compact(graph, tensorsOf(back)).kept).toEqual(compaction.kept);
  const momentum = back.momenta.get('stage2.block2.conv1.weight')!.data;
  expect(momentum[0]).toBe(trained.momenta.get('stage2.block2.conv1.weight')!.data[0]);
});

test('a compact network with carried constants is not written back', () => {
  const dense = masked('keep');
  const compaction = compact(graph, tensorsOf(dense));
  expect(() => writeBack(compaction, dense, dense)).toThrow(
    'cannot be written back: "stage1.block1.conv2" reads constants of removed filters',
  );
});

test('tensors of another size are refused', () => {
  const dense = masked('zero');
  expect(() => writeBack(compact(graph, tensorsOf(dense)), dense, dense)).toThrow(/values where \d+ stay/);
});
