import type { LayerGraph } from '../../network/graph';
import { initialState } from '../../network/initialState';
import {
  add,
  batchNorm,
  channelScatter,
  conv,
  linear,
  globalAveragePool,
  input,
  relu,
  subsamplePad,
} from '../../network/layers';
import { randomStream } from '../../base/random';
import type { Batch, CompiledNetwork, CompileOptions } from '../engine';

/** A small network for checks of what works on this machine. It has every operator and every kind of convolution that networks are built of. */
export const sampleGraph: LayerGraph = {
  name: 'sample',
  layers: [
    input('images', { channels: 3, height: 8, width: 8 }),
    conv('stem', 'images', 16),
    batchNorm('stem.bn', 'stem'),
    relu('stem.relu', 'stem.bn'),
    conv('conv', 'stem.relu', 32, { stride: 2 }),
    batchNorm('conv.bn', 'conv'),
    subsamplePad('shortcut', 'stem.relu', 2, 16),
    conv('narrow', 'stem.relu', 5, { stride: 2 }),
    channelScatter('scatter', 'narrow', 32, [4, 0, 9, 31, 16]),
    add('sum', 'conv.bn', 'shortcut', 'scatter'),
    relu('relu', 'sum'),
    globalAveragePool('pool', 'relu'),
    linear('classifier', 'pool', 4),
  ],
};

export const sampleOptions: CompileOptions = {
  batchSize: 16,
  optimizer: { momentum: 0.9, nesterov: true, weightDecay: 0 },
};

export function sampleBatch(): Batch {
  const random = randomStream(1, 'sample');
  return {
    count: 16,
    images: Float32Array.from({ length: 16 * 3 * 8 * 8 }, () => random.normal()),
    labels: Int32Array.from({ length: 16 }, () => random.below(4)),
  };
}

/** Loss, logits and all values of the state after a step of the compiled sample, which is disposed of. */
export async function sampleResult(network: CompiledNetwork): Promise<number[]> {
  try {
    await network.writeState(initialState(sampleGraph, 1));
    const batch = sampleBatch();
    const { loss } = await network.step(batch, 0.1);
    const { parameters, statistics } = await network.readState();
    const state = [...parameters.values(), ...statistics.values()].flatMap(({ data }) => [...data]);
    return [loss, ...(await network.predict(batch)), ...state];
  } finally {
    await network.dispose();
  }
}

/** Whether two ways to compute the same differ by no more than rounding. */
export function agree(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  if (values.length !== expected.length) return false;
  return Array.from(values).every(
    (value, index) => Math.abs(value - expected[index]!) <= 1e-3 * (1 + Math.abs(expected[index]!)),
  );
}
