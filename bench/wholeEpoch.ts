import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileDataset } from '../src/data/dataset';
import type { Engine } from '../src/engines/engine';
import { initialState } from '../src/network/initialState';
import { buildNetwork } from '../src/network/zoo';
import { createRun } from '../src/runs/folder/create';
import { readHistory } from '../src/runs/folder/reader';
import { runConfigSchema } from '../src/config/schema';
import { planPruning } from '../src/experiment/pruningPlan';
import { FilterPruner } from '../src/training/loop/filterPruner';
import { trainRun } from '../src/training/run/trainRun';
import { optimizer, seed, type Workload } from './engineSubjects';
import { median, type Subject } from './subject';

/** A fifth of CIFAR-10 as the paper's recipe divides it. */
const images = { training: 9000, validation: 1000 };
const rate = 0.3;
const prunings = 11;

/** An epoch as the training process runs it: augmented batches, validation, pruning, validation again, events, a checkpoint. */
export function wholeEpochSubject(engine: Engine, workload: Workload): Subject {
  return {
    name: `${engine.description.name}: whole epoch with its prunings and validations`,
    prepare: () => Promise.resolve(),
    imagesPerSecond: () => secondEpochRate(engine.description.name, workload),
    dispose: () => Promise.resolve(),
  };
}

/** How many times what its steps and evaluations take alone, at these rates, a whole epoch takes at its rate. */
export function wholeEpochOverhead(
  { batchSize }: Workload,
  rates: { readonly step: number; readonly evaluation: number; readonly wholeEpoch: number },
): number {
  const trained = Math.floor(images.training / batchSize) * batchSize;
  return trained / rates.wholeEpoch / (trained / rates.step + (2 * images.validation) / rates.evaluation);
}

/** The first epoch pays for what is done once. */
async function secondEpochRate(name: Engine['description']['name'], workload: Workload): Promise<number> {
  const runs = await mkdtemp(join(tmpdir(), 'sfp-lab-bench-'));
  try {
    const config = runConfigSchema.parse({
      name: 'bench',
      model: { arch: workload.arch },
      data: { limit: images.training, validation: images.validation },
      training: {
        epochs: 2,
        batchSize: workload.batchSize,
        learningRateSchedule: [],
        optimizer: { learningRate: 0.01 },
      },
      pruning: { rate },
      engine: { name, device: 'cpu' },
    });
    const run = { config, experiment: 'bench', configFile: null, versions: {}, git: null };
    const folder = await createRun(runs, run);
    await trainRun(folder);
    const { epochs, started, manifest } = await readHistory(folder);
    const [, second] = epochs;
    if (!second || !started) throw new Error(manifest.error ?? 'The run of an epoch gave no epoch.');
    return (started.stepsPerEpoch * workload.batchSize) / second.seconds;
  } finally {
    await rm(runs, { recursive: true, force: true });
  }
}

/** Median seconds of one pruning: state out of the engine, norms and masks of all layers, state back. */
export async function pruningSeconds(engine: Engine, dataset: FileDataset, workload: Workload): Promise<number> {
  const graph = buildNetwork(workload.arch, dataset.shape, dataset.classes.length);
  const network = await engine.compile(graph, { batchSize: workload.batchSize, optimizer });
  await network.writeState(initialState(graph, seed));
  const { pruning } = runConfigSchema.parse({ name: 'bench', pruning: { rate } });
  const pruner = new FilterPruner({ graph, ...planPruning(graph, pruning), criterion: 'l2', batchNorm: 'keep', seed });
  const due = { epoch: 0, share: 1, selection: 'afresh', final: false } as const;
  const durations: number[] = [];
  for (let pruning = 0; pruning < prunings; pruning++) {
    const begin = performance.now();
    const state = await network.readState();
    pruner.prune(state.parameters, due, null);
    await network.writeState(state);
    durations.push((performance.now() - begin) / 1000);
  }
  await network.dispose();
  return median(durations);
}
