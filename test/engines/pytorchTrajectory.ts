import { readFileSync } from 'node:fs';
import type { Batch } from '../../src/engines/engine';
import type { LayerGraph } from '../../src/network/graph';
import { parameterSpecs, sizeOf, statisticSpecs, type ParameterSpec } from '../../src/network/parameters';
import type { NetworkState, Tensor, TensorMap } from '../../src/network/state';
import { buildNetwork } from '../../src/network/zoo';
import { decodeSafetensors } from '../../src/formats/safetensors';
import { everyLayer } from './everyLayer';

/** The other side of test/fixtures/pytorch/makeTrajectory.py: the same weights and batches, and what PyTorch made of them. */

const [batchSize, classes, size, samples] = [16, 10, 8, 128];
const [weightsSeed, evaluationSeed] = [727, 1];
const image = { channels: 3, height: size, width: size };

export const compileOptions = { batchSize, optimizer: { momentum: 0.9, nesterov: true, weightDecay: 5e-4 } };
export const learningRates = [...new Array<number>(3).fill(0.005), ...new Array<number>(17).fill(0.01)];

export interface Trajectory {
  readonly network: LayerGraph;
  /** What PyTorch made of it, by the names that makeTrajectory.py gives. */
  readonly expected: TensorMap;
  /** Start, the batch of each step, and the batch of the final evaluation. */
  readonly startAndBatches: () => { state: NetworkState; batches: Batch[]; evaluation: Batch };
  /** The largest relative difference of any tensor (or of its norm) of one group of the fixture, and which tensor it is. */
  readonly worstDifference: (group: StateGroup, actual: TensorMap) => { name: string; difference: number };
}

type StateGroup = 'parameters' | 'momenta' | 'statistics';

const resnet20 = trajectory(buildNetwork('resnet20', image, classes));

export const trajectories: readonly Trajectory[] = [resnet20, trajectory(everyLayer(image, classes))];

/** Those of ResNet-20. */
export const { network, expected, startAndBatches, worstDifference } = resnet20;

/** The trajectory in the file of the network's name. */
function trajectory(graph: LayerGraph): Trajectory {
  const file = `${graph.name}.safetensors`;
  const wanted = decodeSafetensors(readFileSync(new URL(`../fixtures/pytorch/${file}`, import.meta.url)), file);
  return {
    network: graph,
    expected: wanted,
    startAndBatches: () => ({
      state: startOf(graph),
      batches: [...wanted.get('seeds')!.data].map(batchOf),
      evaluation: batchOf(evaluationSeed),
    }),
    worstDifference: (group, actual) => {
      const differences = [...actual].map(([name, tensor]) => {
        const { kept, norm } = sampled(tensor);
        const of = relativeDifference(kept, wanted.get(`${group}/${name}`)?.data ?? []);
        const ofNorm = relativeDifference([norm], wanted.get(`${group}/${name}/norm`)?.data ?? []);
        return { name, difference: Math.max(of, ofNorm) };
      });
      return differences.reduce((worst, each) => (each.difference > worst.difference ? each : worst));
    },
  };
}

function startOf(graph: LayerGraph): NetworkState {
  const uniform = generator(weightsSeed);
  const parameters = new Map(
    parameterSpecs(graph).map((spec) => [spec.name, values(spec.shape, ...bounds(spec), uniform)] as const),
  );
  return {
    parameters,
    momenta: new Map([...parameters].map(([name, { shape }]) => [name, constant(shape, 0)])),
    statistics: new Map(
      statisticSpecs(graph).map(({ name, role, shape }) => [name, constant(shape, role === 'runningVariance' ? 1 : 0)]),
    ),
  };
}

function batchOf(seed: number): Batch {
  const uniform = generator(seed);
  const { data } = values([batchSize, image.channels, size, size], -2, 2, uniform);
  const labels = Int32Array.from({ length: batchSize }, () => Math.floor(classes * uniform()));
  return { count: batchSize, images: data, labels };
}

function values(shape: readonly number[], low: number, high: number, uniform: () => number): Tensor {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * uniform()) };
}

/** The values that the fixture keeps of a tensor, and the tensor's Euclidean norm. */
function sampled({ data }: Tensor): { kept: Float32Array; norm: number } {
  const step = Math.ceil(data.length / samples);
  return {
    kept: data.filter((_, index) => index % step === 0),
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

function bounds({ role, shape }: ParameterSpec): [low: number, high: number] {
  switch (role) {
    case 'convWeight': {
      const [filters, , height, width] = shape as [number, number, number, number];
      const bound = Math.sqrt(6 / (filters * height * width));
      return [-bound, bound];
    }
    case 'linearWeight':
      return [-0.3, 0.3];
    case 'batchNormScale':
      return [0.5, 1.5];
    case 'preluSlope':
      return [0, 0.5];
    case 'convBias':
    case 'batchNormShift':
    case 'linearBias':
      return [-0.2, 0.2];
  }
}

function constant(shape: readonly number[], value: number): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)).fill(value) };
}

/** Numerical Recipes' linear congruential generator; its high 24 bits are a number in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}
