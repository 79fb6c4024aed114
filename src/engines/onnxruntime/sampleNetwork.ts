import type { LayerGraph } from '../../network/graph';
import { initialState } from '../../network/initialState';
import { randomStream } from '../../random';
import type { Batch, CompiledNetwork, CompileOptions } from '../engine';

/** A small network for checks of what works on this machine. It has every operator and every kind of convolution that networks are built of. */
export const sampleGraph: LayerGraph = {
  name: 'sample',
  layers: [
    { name: 'images', kind: 'input', inputs: [], shape: { channels: 3, height: 8, width: 8 } },
    conv('stem', 'images', 16, 3, 1),
    { name: 'stem.bn', kind: 'batchNorm', inputs: ['stem'], epsilon: 1e-5, momentum: 0.1 },
    { name: 'stem.relu', kind: 'relu', inputs: ['stem.bn'] },
    conv('conv', 'stem.relu', 32, 3, 2),
    { name: 'conv.bn', kind: 'batchNorm', inputs: ['conv'], epsilon: 1e-5, momentum: 0.1 },
    { name: 'shortcut', kind: 'subsamplePad', inputs: ['stem.relu'], stride: 2, appendedChannels: 16 },
    { name: 'sum', kind: 'add', inputs: ['conv.bn', 'shortcut'] },
    { name: 'relu', kind: 'relu', inputs: ['sum'] },
    { name: 'pool', kind: 'globalAveragePool', inputs: ['relu'] },
    { name: 'classifier', kind: 'dense', inputs: ['pool'], units: 4 },
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

function conv(
  name: string,
  input: string,
  filters: number,
  taps: number,
  stride: number,
): LayerGraph['layers'][number] {
  return { name, kind: 'conv', inputs: [input], filters, kernel: [taps, taps], stride, padding: 1, prunable: true };
}
