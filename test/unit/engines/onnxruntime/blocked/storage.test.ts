import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ChannelPlaces } from '../../../../../src/engines/onnxruntime/blocked/channelPlaces';
import { blockedStorage, blockedWeights } from '../../../../../src/engines/onnxruntime/blocked/storage';
import { filling } from '../../../../../src/engines/variableLayout';
import { batchNorm, concat, conv, globalAveragePool, input, linear } from '../../../../../src/network/layers';
import { parameterSpecs, statisticSpecs } from '../../../../../src/network/parameters';

const filledUp = (count: number, block: number) => ChannelPlaces.filledUp(count, block);

it('weights lie by blocks of filters and channels, then taps, channels and filters of a block', () => {
  const { extents, order } = blockedWeights([3, 2, 1, 2], 2, filledUp(3, 2), filledUp(2, 2));
  expect(extents).toEqual([4, 2, 1, 2]);
  const place = (filter: number, channel: number, tap: number) => filter * 4 + channel * 2 + tap;
  const blockOf = (filters: readonly number[]) =>
    [0, 1].flatMap((tap) => [0, 1].flatMap((channel) => filters.map((filter) => place(filter, channel, tap))));
  const second = blockOf([2, 3]).map((value, index) => (index % 2 === 1 ? filling : value));
  expect([...order]).toEqual([...blockOf([0, 1]), ...second]);
});

it('every value is stored once, and all others fill up', () => {
  const [kernel, block] = [fc.constantFrom(1, 3), fc.constantFrom(8, 16)];
  // Parts of a concatenation, each filled up for itself.
  const parts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(parts, fc.option(parts), kernel, block, (filterParts, channelParts, taps, block) => {
      const placesOf = (counts: readonly number[]) =>
        ChannelPlaces.joined(counts.map((count) => filledUp(count, block)));
      const [filters, channels] = [placesOf(filterParts), channelParts && placesOf(channelParts)];
      const shape = [filters.places.length, channels?.places.length ?? 3, taps, taps];
      const { extents, order, rowPlaces } = blockedWeights(shape, block, filters, channels);
      expect(extents).toEqual([filters.stored, channels?.stored ?? 3, taps, taps]);
      expect(order).toHaveLength(extents.reduce((product, each) => product * each, 1));
      const stored = [...order].filter((place) => place !== filling).sort((a, b) => a - b);
      expect(stored).toEqual(Array.from({ length: shape.reduce((product, each) => product * each) }, (_, i) => i));
      expect(rowPlaces ?? filters.places).toEqual(filters.places);
    }),
    { numRuns: 50 },
  );
});

it('puts what reads a concatenation at the places of its channels, with holes between them', () => {
  const graph = {
    name: 'joined',
    layers: [
      input('input', { channels: 3, height: 4, width: 4 }),
      conv('first', 'input', 3),
      conv('second', 'first', 2),
      concat('both', 'first', 'second'),
      batchNorm('norm', 'both'),
      conv('reader', 'norm', 4, { size: 1 }),
      globalAveragePool('pool', 'reader'),
      conv('plain', 'pool', 5, { size: 1 }),
      linear('classifier', 'plain', 3),
    ],
  };
  const storageOf = blockedStorage(graph, 4);
  const storages = new Map(parameterSpecs(graph).map((spec) => [spec.name, storageOf(spec)]));
  expect(storages.get('norm.weight')?.order).toEqual(Uint32Array.of(0, 1, 2, filling, 3, 4, filling, filling));
  expect(storages.get('norm.weight')?.rowPlaces).toEqual([0, 1, 2, 4, 5]);
  expect(storages.get('reader.weight')?.extents).toEqual([4, 8, 1, 1]);
  // Of the first filter, its five channels.
  const ofFilter = [...storages.get('reader.weight')!.order].filter((_, place) => place % 4 === 0);
  expect(ofFilter).toEqual([0, 1, 2, filling, 3, 4, filling, filling]);
  expect(storages.get('plain.weight')).toBeNull();
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
