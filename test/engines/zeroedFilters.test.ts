import { describe, expect, it } from 'vitest';
import { batchNorm, conv, globalAveragePool, input, linear, relu } from '../../src/network/layers';
import type { LayerGraph } from '../../src/network/graph';
import type { NetworkState, TensorMap } from '../../src/network/state';
import { relativeDifference } from './pytorchTrajectory';
import { batchSize, randomBatches, randomState } from './randomTraining';
import { testedEngines } from './testedEngines';

/**
 * Soft pruning sets filters to zero whose running means are still those of before. A training step goes by the batch alone, so
 * it must not matter how large these are: what is learned is that of a network whose running means are zero.
 */

const options = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 } };
const network: LayerGraph = {
  name: 'chain',
  layers: [
    input('image', { channels: 3, height: 8, width: 8 }),
    conv('first', 'image', 16),
    batchNorm('norm', 'first'),
    relu('relu', 'norm'),
    conv('second', 'relu', 16),
    batchNorm('normOfSecond', 'second'),
    relu('reluOfSecond', 'normOfSecond'),
    globalAveragePool('pool', 'reluOfSecond'),
    linear('classifier', 'pool', 10),
  ],
};

const zeroed = new Set([1, 4, 7, 10]);
const batches = randomBatches(network, 3);

/** As after a pruning: some filters of both convolutions are zero, and their running means are those that they had. */
function pruned(runningMean: number): NetworkState {
  const start = randomState(network);
  const parameters = changed(start.parameters, (name, values) => {
    if (name !== 'first.weight' && name !== 'second.weight') return;
    const size = values.length / 16;
    for (const filter of zeroed) values.fill(0, filter * size, (filter + 1) * size);
  });
  const momenta = changed(start.momenta, (_, values) => values.fill(0));
  const statistics = changed(start.statistics, (name, values) => {
    if (name.endsWith('running_mean')) for (const filter of zeroed) values[filter] = runningMean;
  });
  return { ...start, parameters, momenta, statistics };
}

function changed(tensors: TensorMap, change: (name: string, values: Float32Array) => void): TensorMap {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      const values = Float32Array.from(data);
      change(name, values);
      return [name, { shape, data: values }];
    }),
  );
}

describe.each(await testedEngines())('filters that were set to zero, with $title', ({ open }) => {
  it.each([3, 100])('learn the same whatever their running mean was: %d', async (runningMean) => {
    const after = async (mean: number): Promise<NetworkState> => {
      const compiled = await (await open()).compile(network, options);
      await compiled.writeState(pruned(mean));
      for (const batch of batches) await compiled.step(batch, 0.01);
      const state = await compiled.readState();
      await compiled.dispose();
      return state;
    };
    const [far, near] = [await after(runningMean), await after(0)];
    for (const [name, { data }] of near.parameters)
      expect(relativeDifference(far.parameters.get(name)!.data, data), name).toBeLessThan(1e-5);
  });
});
