import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blockedStorage, blockedWeights } from '../../../../../src/engines/onnxruntime/blocked/storage';
import { filling } from '../../../../../src/engines/variableLayout';
import { batchNorm, conv, globalAveragePool, input, linear } from '../../../../../src/network/layers';
import { parameterSpecs, statisticSpecs } from '../../../../../src/network/parameters';

it('weights lie by blocks of filters and channels, then taps, channels and filters of a block', () => {
  const { extents, order } = blockedWeights([3, 2, 1, 2], 2);
  expect(extents).toEqual([4, 2, 1, 2]);
  const place = (filter: number, channel: number, tap: number) => filter * 4 + channel * 2 + tap;
  const blockOf = (filters: readonly number[]) =>
    [0, 1].flatMap((tap) => [0, 1].flatMap((channel) => filters.map((filter) => place(filter, channel, tap))));
  const second = blockOf([2, 3]).map((value, index) => (index % 2 === 1 ? filling : value));
  expect([...order]).toEqual([...blockOf([0, 1]), ...second]);
});

it('every value is stored once, and all others fill up', () => {
  const extent = fc.integer({ min: 1, max: 20 });
  const kernel = fc.constantFrom(1, 3);
  fc.assert(
    fc.property(extent, extent, kernel, fc.constantFrom(1, 8, 16), (filters, channels, taps, channelBlock) => {
      const { extents, order } = blockedWeights([filters, channels, taps, taps], 16, channelBlock);
      expect(order).toHaveLength(extents.reduce((product, each) => product * each, 1));
      const stored = [...order].filter((place) => place !== filling).sort((a, b) => a - b);
      expect(stored).toEqual(Array.from({ length: filters * channels * taps * taps }, (_, index) => index));
    }),
    { numRuns: 50 },
  );
});

it('fills up what has a value a channel, but for the images and for linear layers', () => {
  const graph = {
    name: 'small',
    layers: [
      input('input', { channels: 3, height: 4, width: 4 }),
      conv('first', 'input', 5),
      batchNorm('norm', 'first'),
      conv('second', 'norm', 8),
      globalAveragePool('pool', 'second'),
      linear('classifier', 'pool', 3),
    ],
  };
  const storageOf = blockedStorage(graph, 8);
  const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
  expect(specs.map((spec) => [spec.name, storageOf(spec)?.extents ?? null])).toEqual([
    ['first.weight', [8, 3, 3, 3]],
    ['norm.weight', [8]],
    ['norm.bias', [8]],
    ['second.weight', [8, 8, 3, 3]],
    ['classifier.weight', null],
    ['classifier.bias', null],
    ['norm.running_mean', [8]],
    ['norm.running_var', [8]],
  ]);
  expect(specs.map(storageOf)[1]?.order).toEqual(Uint32Array.of(0, 1, 2, 3, 4, filling, filling, filling));
});
