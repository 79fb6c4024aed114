import type { LayerGraph } from '../../network/graph';
import { initialState } from '../../network/initialState';
import { randomStream } from '../../random';
import type { Batch } from '../engine';
import { compileNetwork, type Convolutions } from './compiledNetwork';
import type { Runtime, SessionSettings } from './runtime';

/** Block sizes of onnxruntime's kernels: 16 with AVX-512, 8 with AVX2. */
const blockSizes = [16, 8];

/** Has every operator and every kind of convolution that blocked networks are built of. */
const sample: LayerGraph = {
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

function conv(
  name: string,
  input: string,
  filters: number,
  taps: number,
  stride: number,
): LayerGraph['layers'][number] {
  return { name, kind: 'conv', inputs: [input], filters, kernel: [taps, taps], stride, padding: 1, prunable: true };
}

/**
 * onnxruntime's blocked convolutions are no public contract, and their block size depends on the processor. So a training step
 * of a small network decides: blocked ones are used if they give the result of the plain ones.
 * Throws an Error when blocked ones are wanted but do not work here.
 */
export async function usableConvolutions(
  runtime: Runtime,
  settings: SessionSettings,
  wanted?: Convolutions['kind'],
): Promise<Convolutions> {
  if (wanted === 'plain') return { kind: 'plain' };
  const expected = await sampleResult(runtime, settings, { kind: 'plain' });
  for (const block of blockSizes) {
    const convolutions = { kind: 'blocked' as const, block };
    // An operator that is not there, or takes no such block, makes the compilation or the step fail.
    const result = await sampleResult(runtime, settings, convolutions).catch(() => null);
    if (result && agree(result, expected)) return convolutions;
  }
  if (wanted === 'blocked') throw new Error("onnxruntime's blocked convolutions do not work on this machine.");
  return { kind: 'plain' };
}

/** Loss, logits and all values of the state after a step. */
async function sampleResult(
  runtime: Runtime,
  settings: SessionSettings,
  convolutions: Convolutions,
): Promise<number[]> {
  const optimizer = { momentum: 0.9, nesterov: true, weightDecay: 0 };
  const network = await compileNetwork(runtime, sample, { batchSize: 16, optimizer }, { ...settings, convolutions });
  try {
    await network.writeState(initialState(sample, 1));
    const batch = sampleBatch();
    const { loss } = await network.step(batch, 0.1);
    const { parameters, statistics } = await network.readState();
    const state = [...parameters.values(), ...statistics.values()].flatMap(({ data }) => [...data]);
    return [loss, ...(await network.predict(batch)), ...state];
  } finally {
    await network.dispose();
  }
}

function sampleBatch(): Batch {
  const random = randomStream(1, 'sample');
  return {
    count: 16,
    images: Float32Array.from({ length: 16 * 3 * 8 * 8 }, () => random.normal()),
    labels: Int32Array.from({ length: 16 }, () => random.below(4)),
  };
}

function agree(values: readonly number[], expected: readonly number[]): boolean {
  return values.every((value, index) => Math.abs(value - expected[index]!) <= 1e-3 * (1 + Math.abs(expected[index]!)));
}
