import { initialState } from '../../network/initialState';
import { sizeOf } from '../../network/parameters';
import { imageShape } from '../../network/shapes';
import { randomStream } from '../../base/random';
import type { Batch, CompiledNetwork, Engine } from '../engine';
import type { MeasuredRate, StepTimes } from './measuredRate';
import { processorTimes, usedByOthers, type ProcessorTimes } from './processorTimes';
import type { Workload } from '../workload';

const warmUpSteps = 2;
const fewestSteps = 3;
const measuredMilliseconds = 2500;
/** Few, so that a single slow step is not yet a slow round. */
const mostRounds = 3;

export interface MeasuringClocks {
  /** Milliseconds. */
  readonly now: () => number;
  readonly processorTimes: () => ProcessorTimes;
}
const systemClocks: MeasuringClocks = { now: () => performance.now(), processorTimes };

/** The rate of the bare training step: the median of as many steps as fit into a few seconds. */
export function measureRate(
  engine: Engine,
  workload: Workload,
  clocks: MeasuringClocks = systemClocks,
): Promise<MeasuredRate> {
  return withWarmNetwork(engine, workload, async (network, batch) => {
    const begin = clocks.processorTimes();
    const durations = await stepDurations(network, batch, measuredMilliseconds, clocks);
    return { ...ratesOf(durations, batch.count), usedByOthers: usedByOthers(begin, clocks.processorTimes()) };
  });
}

/**
 * When the training steps of so many milliseconds, at least three, begin and end, by the clock of the machine: processes that
 * measure at once can so be counted over the time that they have in common.
 */
export function measureStepTimes(engine: Engine, workload: Workload, milliseconds: number): Promise<StepTimes> {
  return withWarmNetwork(engine, workload, async (network, batch) => {
    const begin = performance.timeOrigin + performance.now();
    const durations = await stepDurations(network, batch, milliseconds, systemClocks);
    const { user, system } = process.cpuUsage();
    const { maxRSS } = process.resourceUsage();
    return { begin, durations, peakBytes: maxRSS * 1024, processorMilliseconds: (user + system) / 1000 };
  });
}

/** With a network that has made its first steps, which take longer. */
async function withWarmNetwork<Result>(
  engine: Engine,
  workload: Workload,
  measure: (network: CompiledNetwork, batch: Batch) => Promise<Result>,
): Promise<Result> {
  const { graph, batchSize, optimizer } = workload;
  const network = await engine.compile(graph, { batchSize, optimizer });
  try {
    await network.writeState(initialState(graph, 1));
    const batch = randomBatch(workload);
    for (let step = 0; step < warmUpSteps; step++) await network.step(batch, 0.01);
    return await measure(network, batch);
  } finally {
    await network.dispose();
  }
}

async function stepDurations(
  network: CompiledNetwork,
  batch: Batch,
  milliseconds: number,
  { now }: MeasuringClocks,
): Promise<number[]> {
  const durations: number[] = [];
  const end = now() + milliseconds;
  while (durations.length < fewestSteps || now() < end) {
    const begin = now();
    await network.step(batch, 0.01);
    durations.push(now() - begin);
  }
  return durations;
}

/** Of all steps, and of the rounds they are divided into, one after another. */
function ratesOf(durations: readonly number[], batchSize: number): Omit<MeasuredRate, 'usedByOthers'> {
  const rateOf = (some: readonly number[]): number => (1000 * batchSize) / median(some);
  const count = Math.min(mostRounds, durations.length);
  const edge = (round: number): number => Math.round((round * durations.length) / count);
  const rounds = Array.from({ length: count }, (_, round) => rateOf(durations.slice(edge(round), edge(round + 1))));
  return {
    imagesPerSecond: rateOf(durations),
    slowestRound: Math.min(...rounds),
    fastestRound: Math.max(...rounds),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function randomBatch({ graph, batchSize }: Workload): Batch {
  const { channels, height, width } = imageShape(graph);
  const random = randomStream(1, 'measurement');
  return {
    count: batchSize,
    images: Float32Array.from({ length: sizeOf([batchSize, channels, height, width]) }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, () => random.below(2)),
  };
}
