import { openBatchLoader, type BatchLoader } from '../src/data/batches/batches';
import type { FileDataset } from '../src/data/dataset';
import type { PictureDataset } from '../src/data/pictures/readyPictures';
import type { Batch, CompiledNetwork, Engine } from '../src/engines/engine';
import { initialState } from '../src/network/initialState';
import { buildNetwork } from '../src/network/zoo';
import type { Config } from '../src/config/schema';
import { median, medianRate, type Subject } from './subject';

export interface Workload {
  readonly arch: Config['model']['arch'];
  readonly batchSize: number;
}

/** The paper's recipe. */
export const optimizer = { momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
const learningRate = 0.01;
export const seed = 1;

/** What the engine is measured at; the subjects share one compiled network and one loader. */
export async function engineSubjects(
  engine: Engine,
  dataset: FileDataset | PictureDataset,
  workload: Workload,
): Promise<Subject[]> {
  const graph = buildNetwork(workload.arch, dataset.shape, dataset.classes.length);
  const network = await engine.compile(graph, { batchSize: workload.batchSize, optimizer });
  await network.writeState(initialState(graph, seed));
  const { shape, mean, std } = dataset;
  const loader = openBatchLoader({ images: dataset.training, shape, mean, std, batchSize: workload.batchSize });
  const batch = await firstBatch(loader, workload.batchSize);
  const { name } = engine.description;
  const step = async (): Promise<void> => {
    await network.step(batch, learningRate);
  };
  const evaluation = async (): Promise<void> => {
    await network.evaluate(batch);
  };
  return [
    {
      name: `${name}: train step`,
      isStep: true,
      prepare: step,
      imagesPerSecond: (seconds) => medianRate(seconds, batch.count, step),
      dispose: () => network.dispose(),
    },
    {
      name: `${name}: train step, augmented batches from the loader`,
      prepare: () => Promise.resolve(),
      imagesPerSecond: (seconds) => epochRate(network, loader, dataset, workload, seconds),
      dispose: () => loader.dispose(),
    },
    {
      name: `${name}: evaluation`,
      prepare: evaluation,
      imagesPerSecond: (seconds) => medianRate(seconds, batch.count, evaluation),
      dispose: () => Promise.resolve(),
    },
  ];
}

async function firstBatch(loader: BatchLoader, size: number): Promise<Batch> {
  for await (const batch of loader.epoch(Uint32Array.from({ length: size }, (_, index) => index))) return batch;
  throw new Error('The loader made no batch.');
}

/** The rate of a stretch of an epoch as training runs it: every step waits for its own batch. */
async function epochRate(
  network: CompiledNetwork,
  loader: BatchLoader,
  dataset: FileDataset | PictureDataset,
  { batchSize }: Workload,
  seconds: number,
): Promise<number> {
  const order = Uint32Array.from({ length: dataset.training.count }, (_, index) => index);
  const durations: number[] = [];
  const end = performance.now() + seconds * 1000;
  let before = performance.now();
  for await (const batch of loader.epoch(order, { augment: { seed, epoch: 0 }, dropLast: true })) {
    await network.step(batch, learningRate);
    const now = performance.now();
    durations.push((now - before) / 1000);
    before = now;
    if (now > end && durations.length > 1) break;
  }
  return batchSize / median(durations);
}
