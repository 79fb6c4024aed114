import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import type { Layer } from '../../../../src/network/graph';
import { add, batchNorm, conv, globalAveragePool, input, linear, relu } from '../../../../src/network/layers';
import { compact } from '../../../../src/pruning/compaction/compact';
import { randomTensors } from './randomNetwork';

/** A trunk of sums whose channels 0 to 2 are constants that change from block to block, each read by a convolution. */
function trunk(shifts: readonly (readonly [number, number, number])[]) {
  const layers: Layer[] = [input('images', { channels: 1, height: 4, width: 4 })];
  for (const index of shifts.keys()) {
    const read = index === 0 ? 'images' : `sum${index - 1}`;
    layers.push(conv(`conv${index}`, read, 4), batchNorm(`bn${index}`, `conv${index}`));
    layers.push(index === 0 ? relu('sum0', 'bn0') : add(`sum${index}`, `bn${index}`, `sum${index - 1}`));
  }
  layers.push(conv('end', `sum${shifts.length - 1}`, 1), globalAveragePool('pool', 'end'), linear('out', 'pool', 2));
  const graph = { name: 'trunk', layers };
  const tensors = randomTensors(graph, randomStream(1, 'trunk'));
  for (const [index, values] of shifts.entries()) {
    const weights = tensors.get(`conv${index}.weight`)!.data;
    weights.fill(0, 0, (3 * weights.length) / 4);
    tensors.get(`bn${index}.running_mean`)!.data.fill(0);
    tensors.get(`bn${index}.bias`)!.data.set(values);
  }
  return compact(graph, tensors).kept;
}

describe('of several constants that stand for each other', () => {
  test('one that serves all layers is taken before larger ones that serve few', () => {
    // The sums are 2, 1, 0, then 0, 1, 0, then 0, 1, 2: only channel 1 is there at every reader.
    const kept = trunk([
      [2, 1, 0],
      [-2, 0, 0],
      [0, 0, 2],
    ]);
    expect([kept.get('sum0'), kept.get('sum1'), kept.get('conv2'), kept.get('sum2')]).toEqual([
      [1, 3],
      [1, 3],
      [1, 3],
      [1, 3],
    ]);
  });

  test('the largest is taken where one is as good as another', () => {
    expect(trunk([[2, 3, 1]]).get('conv0')).toEqual([1, 3]);
  });

  test('one that is too small beside the others is not taken', () => {
    // Channel 0 is at both readers, but at the second one so small that rounding would be seen.
    const kept = trunk([
      [1, 0, 0],
      [-0.99, 1, 0],
    ]);
    expect(kept.get('sum1')).toEqual([0, 1, 3]);
  });

  test('none is kept where all are zero', () => {
    expect(trunk([[0, -1, 0]]).get('conv0')).toEqual([3]);
  });
});
