import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomStream } from '../../../../src/base/random';
import { batchNorm, conv, input, linear, relu } from '../../../../src/network/layers';
import { compact } from '../../../../src/pruning/compaction/compact';
import { compactCost } from '../../../../src/pruning/compaction/compactCost';
import { applyMasks, networkOf, networkPlan, randomTensors, type BatchNormPolicy } from './randomNetwork';

const graph = {
  name: 'two layers',
  layers: [
    input('images', { channels: 2, height: 4, width: 4 }),
    conv('first', 'images', 4),
    batchNorm('bn', 'first'),
    relu('relu', 'bn'),
    conv('second', 'relu', 3),
    linear('classifier', 'second', 2),
  ],
};

function costOf(policy: BatchNormPolicy) {
  const tensors = randomTensors(graph, randomStream(1, 'cost'));
  const masks = new Map([
    ['first', Uint8Array.of(1, 0, 1, 0)],
    ['second', Uint8Array.of(1, 1, 0)],
  ]);
  tensors.get('bn.bias')!.data.fill(5);
  applyMasks(graph, tensors, masks, policy);
  return compactCost(graph, masks, compact(graph, tensors));
}

test('without overheads what is built is what the masks promise', () => {
  const kernels = 16 * 9;
  expect(costOf('zero')).toEqual({
    multiplyAdds: { dense: kernels * 20, theoretical: kernels * 8, built: kernels * 8 },
    parameters: {
      dense: 9 * 20 + 8 + 2 * 48 + 2,
      theoretical: 9 * 8 + 4 + 2 * 32 + 2,
      built: 9 * 8 + 4 + 2 * 32 + 2,
    },
    layers: [
      {
        name: 'first',
        filters: { dense: 4, theoretical: 2, built: 2 },
        multiplyAdds: { dense: kernels * 8, theoretical: kernels * 4, built: kernels * 4 },
      },
      {
        name: 'second',
        filters: { dense: 3, theoretical: 2, built: 2 },
        multiplyAdds: { dense: kernels * 12, theoretical: kernels * 4, built: kernels * 4 },
      },
    ],
  });
});

test('a carrier is told in the layer that has it and in the one that reads it', () => {
  const [first, second] = costOf('keep').layers;
  expect([first!.filters.built, second!.filters.built]).toEqual([3, 2]);
  expect(second!.multiplyAdds).toMatchObject({ theoretical: 16 * 9 * 4, built: 16 * 9 * 6 });
});

test('of any network whose compact one has nothing beyond what is live, what is built is what the masks promise', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(networkPlan, (plan) => {
      const { graph, tensors, masks } = networkOf({ ...plan, batchNormPolicy: 'zero', rate: 0.4, unread: 0 });
      const built = compact(graph, tensors);
      // Constants that no filter brings about are no channels by masks, but at padded borders they are.
      const hasFreeConstants = graph.layers.some(({ kind }) => kind === 'channelScatter' || kind === 'subsamplePad');
      const isEmptied = [...masks.values()].some((mask) => !mask.includes(1));
      if (hasFreeConstants || isEmptied || built.overheads.length > 0) return;
      const { multiplyAdds, parameters } = compactCost(graph, masks, built);
      expect([multiplyAdds.built, parameters.built]).toEqual([multiplyAdds.theoretical, parameters.theoretical]);
      if (multiplyAdds.built < multiplyAdds.dense)
        for (const kind of new Set(graph.layers.map((layer) => layer.kind))) seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  for (const kind of ['add', 'concat', 'multiply', 'averagePool', 'maxPool', 'prelu'])
    expect(seen.get(kind), kind).toBeGreaterThan(1);
});
