import { hostname } from 'node:os';
import { UserError } from '../base/errors';
import type { RunConfig } from '../config/schema';
import { countsOf, splitDataset } from '../data/split';
import type { Measurement } from '../engines/choice/measurements';
import type { ResolvedRun } from '../experiment/resolve';
import type { LayerGraph } from '../network/graph';
import { parameterSpecs, sizeOf, statisticSpecs } from '../network/parameters';
import { prunableLayers } from '../network/prunableLayers';
import type { DamagedRun, ListedRun } from '../runs/folder/list';
import { runDataset } from '../runs/folder/ownData';
import type { SplitTable } from '../scheduling/queue/split';
import { assumedEvaluationSpeedup } from '../training/loop/pace';
import { aloneFactor } from './queueForecast';

/** What training a run takes, before it has begun, alone on this machine: estimates. */
export interface RunForecast {
  readonly epochs: number;
  /** Training images of an epoch. */
  readonly images: number;
  /** Null where nothing has been measured that tells. */
  readonly seconds: number | null;
  /** What the time goes by, for people; null where there is none. */
  readonly measuredBy: string | null;
  /** Of its folder at the end. */
  readonly bytes: number;
}

/** What was measured on this machine. */
export interface KnownSpeeds {
  /** The newest first. */
  readonly runs: readonly (ListedRun | DamagedRun)[];
  readonly measurements: readonly Measurement[];
  /** Of several runs at once, the newest first. */
  readonly tables: readonly SplitTable[];
}

/** What training takes, for each of the runs. */
export function forecastTraining(runs: readonly ResolvedRun[], known: KnownSpeeds): RunForecast[] {
  const counts = new Map<string, ImageCounts>();
  const speeds = new Map<string, Speed | null>();
  const sizes = new Map<LayerGraph, NetworkSize>();
  return runs.map((run) => {
    const { config, graph } = run;
    const { epochs } = config.training;
    // Seeds draw other images, and as many.
    const images = kept(counts, JSON.stringify(config.data), () => imagesOf(run));
    const speed = kept(speeds, speedKey(run), () => speedOf(run, known));
    return {
      epochs,
      images: images.training,
      seconds: speed && epochs * work(images, speed.includesEvaluation) * speed.secondsPerImage,
      measuredBy: speed?.by ?? null,
      bytes: bytesOf(
        config,
        kept(sizes, graph, () => sizeOfNetwork(graph)),
      ),
    };
  });
}

interface ImageCounts {
  readonly training: number;
  readonly validation: number;
}

interface Speed {
  readonly secondsPerImage: number;
  /** Whether the time of a training image includes what is evaluated beside it. */
  readonly includesEvaluation: boolean;
  readonly by: string;
}

function kept<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (!known.has(key)) known.set(key, make());
  return known.get(key)!;
}

function imagesOf({ dataset, config: { data, training } }: ResolvedRun): ImageCounts {
  const split = splitDataset(countsOf(dataset), { ...data, seed: training.seed });
  return { training: split.training.length, validation: split.validation.length };
}

/** Images of an epoch, by the time that a training image takes. Validation is before and after each pruning. */
function work({ training, validation }: ImageCounts, includesEvaluation: boolean): number {
  return training + (includesEvaluation ? 0 : (2 * validation) / assumedEvaluationSpeedup);
}

function speedKey({ config: { model, training, engine }, dataset: { shape } }: ResolvedRun): string {
  return JSON.stringify([model, shape, training.batchSize, engine]);
}

function speedOf(run: ResolvedRun, known: KnownSpeeds): Speed | null {
  return speedOfRuns(run, known) ?? speedMeasured(run, known.measurements);
}

/** Of the newest run that has trained such a network here, all that an epoch takes included. */
function speedOfRuns(wanted: ResolvedRun, { runs, tables }: KnownSpeeds): Speed | null {
  for (const run of runs) {
    const images = run.problem === null ? imagesTrained(run, wanted) : 0;
    if (images === 0) continue;
    const { summary, id, engine } = run as ListedRun;
    const seconds = summary!.seconds * aloneFactor(wanted, engine?.threads ?? null, tables);
    return { secondsPerImage: seconds / images, includesEvaluation: true, by: `the run ${id}` };
  }
  return null;
}

/** All that a finished run has trained on, epoch by epoch; 0 where its time tells nothing of the wanted one. */
function imagesTrained(run: ListedRun, wanted: ResolvedRun): number {
  const { config, status, resumed, summary, baseline } = run;
  if (status !== 'finished' || resumed !== undefined || summary === null || summary.seconds <= 0) return 0;
  // The network of a narrow baseline is not what its config says.
  if (baseline?.kind === 'narrow' || run.process?.host !== hostname()) return 0;
  try {
    const there = { config, dataset: runDataset({ ...run, status }), graph: wanted.graph };
    return speedKey(there) === speedKey(wanted) ? summary.epochs * imagesOf(there).training : 0;
  } catch (error) {
    // A run folder may come from anybody, and say what cannot be.
    if (error instanceof UserError) return 0;
    throw error;
  }
}

/** Of the fastest engine that the config lets be taken. */
function speedMeasured(
  { graph, config: { training, engine } }: ResolvedRun,
  all: KnownSpeeds['measurements'],
): Speed | null {
  const [fastest] = all
    .filter(({ network, batchSize }) => network === graph.name && batchSize === training.batchSize)
    .filter(({ title }) => engine.name === 'auto' || title.startsWith(engine.name))
    .filter(({ title }) => engine.device === 'auto' || title.toLowerCase().endsWith(engine.device))
    .sort((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  if (fastest === undefined) return null;
  const by = `a measurement of ${fastest.title}`;
  return { secondsPerImage: 1 / fastest.imagesPerSecond, includesEvaluation: false, by };
}

interface NetworkSize {
  readonly parameters: number;
  readonly statistics: number;
  readonly filters: number;
}

function sizeOfNetwork(graph: LayerGraph): NetworkSize {
  const values = (specs: readonly { readonly shape: readonly number[] }[]) =>
    specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return {
    parameters: values(parameterSpecs(graph)),
    statistics: values(statisticSpecs(graph)),
    filters: prunableLayers(graph).reduce((sum, { filters }) => sum + filters, 0),
  };
}

const bytesOfValue = 4;
/** The newest two and the best, with weights and momenta. */
const checkpoints = 3;

/** Checkpoints, the initial weights, the compact network at most, and a score and a bit for every filter and pruning. */
function bytesOf({ training, pruning }: RunConfig, { parameters, statistics, filters }: NetworkSize): number {
  const weights = (parameters + statistics) * bytesOfValue;
  const prunings = pruning.schedule === 'one-shot' ? 1 : Math.ceil(training.epochs / pruning.everyEpochs) + 1;
  const record = filters * bytesOfValue + Math.ceil(filters / 8);
  return checkpoints * (weights + parameters * bytesOfValue) + 2 * weights + prunings * record;
}
