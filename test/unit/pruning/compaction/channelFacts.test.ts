import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import { add, batchNorm, conv, globalAveragePool, input, linear, subsamplePad } from '../../../../src/network/layers';
import { channelFacts, isLive } from '../../../../src/pruning/compaction/channelFacts';
import { randomTensors } from './randomNetwork';

/** Channels 1 and 2 of the shortcut are appended, filter 1 of `second` is zero, and the classifier reads channel 0 of the sum alone. */
const graph = {
  name: 'facts',
  layers: [
    input('images', { channels: 1, height: 4, width: 4 }),
    conv('first', 'images', 1),
    subsamplePad('shortcut', 'first', 1, 2),
    conv('second', 'images', 3),
    batchNorm('bn', 'second'),
    add('sum', 'bn', 'shortcut'),
    globalAveragePool('pool', 'sum'),
    linear('classifier', 'pool', 2),
  ],
};
const tensors = randomTensors(graph, randomStream(1, 'facts'));
tensors.get('second.weight')!.data.fill(0, 9, 18);
tensors.get('classifier.weight')!.data.set([1, 0, 0, 1, 0, 0]);
const facts = channelFacts(graph, tensors);

test('what the output depends on is demanded', () => {
  expect(facts.demanded.get('sum')).toEqual([true, false, false]);
  expect(facts.demanded.get('second')).toEqual([true, false, false]);
  expect(facts.demanded.get('first')).toEqual([true]);
  expect(facts.demanded.get('classifier')).toEqual([true, true]);
});

test('only what no filter computes is free', () => {
  expect(facts.free.get('shortcut')).toEqual([false, true, true]);
  expect(facts.free.get('bn')).toEqual([false, false, false]);
  expect(facts.free.get('sum')).toEqual([false, false, false]);
});

test('live is what is demanded and no constant', () => {
  expect([0, 1, 2].map((channel) => isLive(facts, 'bn', channel))).toEqual([true, false, false]);
  expect(facts.constants.get('bn')!.map((value) => value === null)).toEqual([true, false, true]);
});
