import * as z from 'zod';
import { randomStream } from '../../base/random';
import { sizeOf } from '../../formats/tensor';
import { wasDisturbed } from '../choice/measuredRate';
import { processorTimes, usedByOthers, type ProcessorTimes } from '../choice/processorTimes';
import { openModelFile, type ModelFile } from '../onnxruntime/modelFile';
import { spreadOf, spreadSchema, type Spread } from './spread';

/** A network in an ONNX file, with one input of images. */
export interface TimedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface TimingOptions {
  /** Images in a forward pass. */
  readonly batchSize: number;
  readonly threads: number;
  /** Turns over all models. */
  readonly rounds: number;
  /** In each turn a model runs for at least so many milliseconds, and at least once. */
  readonly turnMilliseconds: number;
}

export interface TimingEnvironment {
  readonly open: (bytes: Uint8Array, options: { threads: number }) => Promise<ModelFile>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly processorTimes: () => ProcessorTimes;
  /** Called before each turn with the share that is done; it may throw to stop. */
  readonly onProgress?: (fraction: number) => void;
}

export const systemEnvironment: TimingEnvironment = {
  open: openModelFile,
  now: () => performance.now(),
  processorTimes,
};

/** How quiet the machine was. */
export const steadinessSchema = z.object({
  /** Share of all processors that other processes used, 0 to 1. */
  usedByOthers: z.number().min(0),
  /**
   * Seconds of a slow and of a fast round, each the sum of the models' medians: the quartiles of the rounds, as a round or two
   * that something came across does not move the median of all passes.
   */
  slowRound: z.number().positive(),
  fastRound: z.number().positive(),
});
export type Steadiness = z.infer<typeof steadinessSchema>;

export const timedModelsSchema = z.object({
  /** One for each model, in order. */
  spreads: z.array(spreadSchema),
  steadiness: steadinessSchema,
});
export type TimedModels = z.infer<typeof timedModelsSchema>;

/** Whether a quiet moment may give other times. */
export function wasBusy({ usedByOthers: share, slowRound, fastRound }: Steadiness): boolean {
  const [slowest, fastest] = [1 / slowRound, 1 / fastRound];
  return wasDisturbed({
    imagesPerSecond: slowest,
    slowestRound: slowest,
    fastestRound: fastest,
    usedByOthers: share,
  });
}

/**
 * Seconds of a forward pass of each model, all in one run: they take turns, so that a busy moment of the machine hits all of
 * them alike, and each has run warm before. Throws what opening a model throws, and stops when `onProgress` throws.
 */
export async function timeInterleaved(
  models: readonly TimedModel[],
  options: TimingOptions,
  environment: TimingEnvironment = systemEnvironment,
): Promise<TimedModels> {
  const open: ModelFile[] = [];
  try {
    for (const { bytes } of models) open.push(await environment.open(bytes, { threads: options.threads }));
    return await timeInTurns(open, options, environment);
  } finally {
    for (const model of open) await model.dispose();
  }
}

async function timeInTurns(
  models: readonly ModelFile[],
  { batchSize, rounds, turnMilliseconds }: TimingOptions,
  { now, processorTimes: times, onProgress }: TimingEnvironment,
): Promise<TimedModels> {
  const images = models.map(({ imageExtents }) => noise(batchSize * sizeOf(imageExtents)));
  const run = async (index: number): Promise<number> => {
    const begin = now();
    await models[index]!.predict(images[index]!, batchSize);
    return (now() - begin) / 1000;
  };
  for (const index of models.keys()) for (let warm = 0; warm < warmUps; warm++) await run(index);
  const durations = models.map((): number[][] => []);
  const begin = times();
  for (let round = 0; round < rounds; round++)
    for (const index of models.keys()) {
      onProgress?.((round + index / models.length) / rounds);
      durations[index]!.push(await turn(() => run(index), turnMilliseconds / 1000));
    }
  const ofRound = (round: number): number =>
    durations.reduce((sum, ofModel) => sum + spreadOf(ofModel[round]!).median, 0);
  const { lowerQuartile, upperQuartile } = spreadOf(Array.from({ length: rounds }, (_, round) => ofRound(round)));
  return {
    spreads: durations.map((ofModel): Spread => spreadOf(ofModel.flat())),
    steadiness: {
      usedByOthers: usedByOthers(begin, times()),
      slowRound: upperQuartile,
      fastRound: lowerQuartile,
    },
  };
}

/** The first passes of a session allocate what later ones take over. */
const warmUps = 2;

async function turn(run: () => Promise<number>, seconds: number): Promise<number[]> {
  const durations: number[] = [];
  for (let spent = 0; durations.length === 0 || spent < seconds; spent += durations.at(-1)!)
    durations.push(await run());
  return durations;
}

function noise(length: number): Float32Array {
  const random = randomStream(1, 'latency');
  return Float32Array.from({ length }, () => random.normal());
}
