import { readFileSync } from 'node:fs';
import type { Batch } from '../../src/engines/engine';
import { parameterSpecs, sizeOf, statisticSpecs, type ParameterSpec } from '../../src/network/parameters';
import type { NetworkState, Tensor, TensorMap } from '../../src/network/state';
import { buildNetwork } from '../../src/network/zoo';
import { decodeSafetensors } from '../../src/runs/safetensors';

/** The other side of test/fixtures/pytorch/makeTrajectory.py: the same weights and batches, and what PyTorch made of them. */

const [batchSize, classes, size, samples] = [16, 10, 8, 128];

export const network = buildNetwork('resnet20', { channels: 3, height: size, width: size }, classes);
export const compileOptions = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 } };
export const learningRates = [0.005, 0.005, 0.005, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];

const fixture = new URL('../fixtures/pytorch/trajectory.safetensors', import.meta.url);
export const expected = decodeSafetensors(readFileSync(fixture), 'trajectory.safetensors');

/** Start, the batch of each step, and the batch of the final evaluation, drawn in the fixture's order. */
export function startAndBatches(): { state: NetworkState; batches: Batch[]; evaluation: Batch } {
  const uniform = generator(727);
  const values = (shape: readonly number[], low: number, high: number): Tensor => ({
    shape,
    data: Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * uniform()),
  });
  const parameters = new Map(
    parameterSpecs(network).map((spec) => [spec.name, values(spec.shape, ...bounds(spec))] as const),
  );
  const imageShape = [batchSize, 3, size, size];
  const images = () => values(imageShape, -2, 2).data;
  const label = () => Math.floor(classes * uniform());
  const batches = learningRates.map(() => ({
    count: batchSize,
    images: images(),
    labels: Int32Array.from({ length: batchSize }, label),
  }));
  return {
    state: {
      parameters,
      momenta: new Map([...parameters].map(([name, { shape }]) => [name, constant(shape, 0)])),
      statistics: new Map(
        statisticSpecs(network).map(({ name, role, shape }) => [
          name,
          constant(shape, role === 'runningVariance' ? 1 : 0),
        ]),
      ),
    },
    batches,
    evaluation: { count: batchSize, images: images(), labels: new Int32Array(batchSize) },
  };
}

/** The values that the fixture keeps of a tensor, and the tensor's Euclidean norm. */
export function sampled({ data }: Tensor): { values: Float32Array; norm: number } {
  const step = Math.ceil(data.length / samples);
  return {
    values: data.filter((_, index) => index % step === 0),
    norm: Math.sqrt(data.reduce((sum, value) => sum + value * value, 0)),
  };
}

/** max |a - b| / max |b|. */
export function relativeDifference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Infinity;
  let [difference, largest] = [0, 0];
  for (let index = 0; index < wanted.length; index++) {
    difference = Math.max(difference, Math.abs(actual[index]! - wanted[index]!));
    largest = Math.max(largest, Math.abs(wanted[index]!));
  }
  return Number.isNaN(difference) ? Infinity : difference / largest;
}

/** The largest relative difference of any tensor (or of its norm) of one group of the fixture, and which tensor it is. */
export function worstDifference(group: 'parameters' | 'momenta' | 'statistics', actual: TensorMap) {
  const differences = [...actual].map(([name, tensor]) => {
    const { values, norm } = sampled(tensor);
    const of = relativeDifference(values, expected.get(`${group}/${name}`)?.data ?? []);
    const ofNorm = relativeDifference([norm], expected.get(`${group}/${name}/norm`)?.data ?? []);
    return { name, difference: Math.max(of, ofNorm) };
  });
  return differences.reduce((worst, each) => (each.difference > worst.difference ? each : worst));
}

function bounds({ role, shape }: ParameterSpec): [low: number, high: number] {
  switch (role) {
    case 'convWeight': {
      const bound = Math.sqrt(6 / (shape[0]! * 9));
      return [-bound, bound];
    }
    case 'denseWeight':
      return [-0.3, 0.3];
    case 'batchNormScale':
      return [0.5, 1.5];
    case 'batchNormShift':
    case 'denseBias':
      return [-0.2, 0.2];
  }
}

function constant(shape: readonly number[], value: number): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)).fill(value) };
}

/** Numerical Recipes' linear congruential generator; its high 24 bits are a number in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
