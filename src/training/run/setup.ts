import type { RunConfig } from '../../config/schema';
import { openBatchLoader, type BatchLoader } from '../../data/batches/batches';
import type { Dataset, DatasetInfo } from '../../data/dataset';
import { enginesFolder } from '../../base/cacheFolder';
import { ensureDataset, openDataset } from '../../data/sets/datasets';
import type { OnProgress } from '../../data/progress';
import { splitDataset } from '../../data/split';
import { chooseEngine, type ChosenEngine } from '../../engines/choice/choose';
import type { Workload } from '../../engines/workload';
import { UserError } from '../../base/errors';
import { idlePatterns } from '../../experiment/idlePatterns';
import { resolveRun } from '../../experiment/resolve';
import type { LayerGraph } from '../../network/graph';
import { initialState } from '../../network/initialState';
import type { NetworkState } from '../../network/state';
import { prunableLayers } from '../../network/prunableLayers';
import { planPruning } from '../../experiment/pruningPlan';
import { rateOf } from '../../pruning/allocation/rates';
import type { TrainingSetup } from '../loop/trainingSetup';

const preparingMilliseconds = 1000;

export interface SetupOptions {
  readonly signal: AbortSignal;
  /** Id of the engine that the run was trained with so far. */
  readonly engineBefore?: string | undefined;
  /** What the network goes on from; the initial weights if left out. */
  readonly state?: NetworkState | undefined;
  /** The built batch worker; the one beside the running bundle if left out. */
  readonly batchWorkerScript?: string;
  /** Called about once a second while something long is prepared; `fraction` is null while it is not known. */
  readonly onPreparing: (message: string, fraction: number | null) => void;
  /** Something worth a line in the log, as a source of data that failed. */
  readonly onNote: (note: string) => void;
}

/** Gets everything ready for training. Throws a UserError where config, data and engine do not go together. */
export async function setUp(config: RunConfig, options: SetupOptions): Promise<TrainingSetup> {
  const { batchSize, optimizer } = config.training;
  const { graph, dataset: info } = resolveRun(config);
  const { id, engine, reason } = await chooseTrainingEngine(config, { graph, batchSize, optimizer }, options);
  const dataset = await fetchDataset(info, options);
  options.signal.throwIfAborted();
  const { seed } = config.training;
  const split = splitDataset(dataset, { ...config.data, seed });
  const { shape, mean, std } = dataset;
  const rates = rateOf(config.pruning);
  const network = await engine.compile(graph, { batchSize, optimizer });
  await network.writeState(options.state ?? initialState(graph, seed));
  const { batchWorkerScript: workerScript } = options;
  const loader = (images: Dataset['training']): BatchLoader =>
    openBatchLoader({ images, shape, mean, std, batchSize, ...(workerScript !== undefined && { workerScript }) });
  const trainingLoader = loader(dataset.training);
  const testLoader = loader(dataset.test);
  const { savings } = planPruning(graph, config.pruning);
  return {
    config,
    graph,
    network,
    prunable: prunableLayers(graph),
    rateOf: rates,
    ...savings,
    engine: { ...engine.description, id, reason },
    classes: dataset.classes.length,
    split,
    stepsPerEpoch: stepsPerEpoch(split.training.length, batchSize),
    trainingLoader,
    testLoader,
    warnings: patternsWithoutLayer(config, graph),
    dispose: async () => {
      await Promise.all([trainingLoader.dispose(), testLoader.dispose(), network.dispose()]);
    },
  };
}

/** Before the data is fetched, so that an engine that is not there is told at once. */
function chooseTrainingEngine(config: RunConfig, workload: Workload, options: SetupOptions): Promise<ChosenEngine> {
  const { threads, tf32 } = config.engine;
  const onMeasuring = (title: string): void => {
    options.onPreparing(`measuring which engine is the fastest: ${title}`, null);
  };
  const settings = { threads, tf32, enginesFolder: enginesFolder() };
  const { signal, engineBefore } = options;
  return chooseEngine(config.engine, settings, workload, { signal, onMeasuring, before: engineBefore });
}

async function fetchDataset(
  { name, title }: DatasetInfo,
  { signal, onPreparing, onNote }: SetupOptions,
): Promise<Dataset> {
  let announced = performance.now();
  const onProgress: OnProgress = ({ phase, source, bytes, total, note }) => {
    if (note !== undefined) onNote(`${title}: ${note}`);
    if (performance.now() - announced < preparingMilliseconds) return;
    announced = performance.now();
    onPreparing(`${title}: ${phase} (${source})`, total === 0 ? null : bytes / total);
  };
  try {
    await ensureDataset(name, { signal, onProgress });
  } catch (error) {
    // However the download puts it, being stopped is no failure.
    signal.throwIfAborted();
    throw error;
  }
  return openDataset(name);
}

function stepsPerEpoch(images: number, batchSize: number): number {
  const steps = Math.floor(images / batchSize);
  if (steps > 0) return steps;
  throw new UserError(
    `There are ${images} training images after the validation part, fewer than one batch of ${batchSize}: ` +
      'make training.batchSize or data.validation smaller, or data.limit larger.',
  );
}

/** A pattern that matches only in other networks of the sweep is allowed, but this run should say that it has no effect. */
function patternsWithoutLayer({ pruning }: RunConfig, graph: LayerGraph): string[] {
  return idlePatterns(pruning, [graph]).map(
    (pattern) => `pruning.layers: "${pattern}" matches no prunable layer of ${graph.name}, so it has no effect.`,
  );
}
