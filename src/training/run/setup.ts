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
import { machineTimes } from '../../analysis/latency/machineTimes';
import { needsMachineTimes, planPruning, type PruningPlan } from '../../experiment/pruningPlan';
import type { MachineTimes } from '../../pruning/allocation/allocate';
import { criteria } from '../../pruning/criteria';
import { importanceParameters } from '../../pruning/criteria/taylor';
import type { Prunable } from '../../pruning/groups';
import { schedules, withSettling } from '../../pruning/schedules';
import type { FilterPruning } from '../loop/filterPruner';
import type { RunSchedule, TrainingSetup } from '../loop/trainingSetup';
import { heldTraining } from './heldTraining';
import { startingState, type StartingPlace } from './startingWeights';

const preparingMilliseconds = 1000;

export interface SetupOptions {
  readonly signal: AbortSignal;
  /** Id of the engine that the run was trained with so far. */
  readonly engineBefore?: string | undefined;
  /** Where the weights that the config names are looked for. */
  readonly startingPlace: StartingPlace;
  /** What the network goes on from; the initial weights if left out. */
  readonly state?: NetworkState | undefined;
  /** The built batch worker; the one beside the running bundle if left out. */
  readonly batchWorkerScript?: string;
  /** The built measuring program; the one beside the running bundle if left out. */
  readonly measuringScript?: string;
  /** Called about once a second while something long is prepared; `fraction` is null while it is not known. */
  readonly onPreparing: (message: string, fraction: number | null) => void;
  /** Something worth a line in the log, as a source of data that failed. */
  readonly onNote: (note: string) => void;
}

/** Gets everything ready for training. Throws a UserError where config, data and engine do not go together. */
export async function setUp(config: RunConfig, options: SetupOptions): Promise<TrainingSetup> {
  const { batchSize, optimizer } = config.training;
  const { graph, dataset: info } = resolveRun(config);
  const plan = planPruning(graph, config.pruning, await measuredTimes(config, graph, options));
  const state = options.state ?? (await stateBeforeTraining(config, graph, options));
  const { id, engine, reason } = await chooseTrainingEngine(config, { graph, batchSize, optimizer }, options);
  const dataset = await fetchDataset(info, options);
  options.signal.throwIfAborted();
  const split = splitDataset(dataset, { ...config.data, seed: config.training.seed });
  const needsImportance = criteria[config.pruning.criterion].needs === 'gradients';
  const importanceOf = needsImportance ? importanceSets(plan.prunable) : new Map<string, readonly string[]>();
  const compileOptions = { batchSize, optimizer, importanceOf };
  const network = await engine.compile(graph, compileOptions);
  await network.writeState(state);
  const loaders = openLoaders(dataset, batchSize, options);
  return {
    config,
    graph,
    network,
    compactTraining: heldTraining(engine, graph, compileOptions, config.pruning),
    pruning: filterPruning(config, plan),
    schedule: scheduleOf(config),
    needsImportance,
    forecast: plan.savings,
    engine: { ...engine.description, id, reason },
    classes: dataset.classes.length,
    split,
    stepsPerEpoch: stepsPerEpoch(split.training.length, batchSize),
    ...loaders,
    warnings: patternsWithoutLayer(config, graph),
    dispose: async () => {
      await Promise.all([loaders.trainingLoader.dispose(), loaders.testLoader.dispose(), network.dispose()]);
    },
  };
}

/** Only for pruning that goes by them. */
async function measuredTimes(
  { pruning }: RunConfig,
  graph: LayerGraph,
  { signal, measuringScript, onPreparing, onNote }: SetupOptions,
): Promise<MachineTimes | null> {
  if (!needsMachineTimes(pruning)) return null;
  const what = 'measuring how fast this machine computes layers of every width';
  onPreparing(what, null);
  let announced = performance.now();
  const onProgress = (fraction: number): void => {
    if (performance.now() - announced < preparingMilliseconds) return;
    announced = performance.now();
    onPreparing(what, fraction);
  };
  return machineTimes(graph, pruning.groups, { signal, script: measuringScript, onProgress, onNote });
}

function stateBeforeTraining(
  { training }: RunConfig,
  graph: LayerGraph,
  { startingPlace }: SetupOptions,
): NetworkState | Promise<NetworkState> {
  const { initialWeights, seed } = training;
  return initialWeights === null ? initialState(graph, seed) : startingState(graph, initialWeights, startingPlace);
}

function filterPruning({ training, pruning }: RunConfig, { prunable, allocator }: PruningPlan): FilterPruning {
  const { criterion, batchNorm } = pruning;
  return { prunable, allocator, criterion, batchNorm, seed: training.seed };
}

function importanceSets({ layers }: Prunable): ReadonlyMap<string, readonly string[]> {
  return new Map(layers.map((layer) => [layer.name, importanceParameters(layer)]));
}

function scheduleOf({ training: { epochs }, pruning }: RunConfig): RunSchedule {
  const schedule = withSettling(schedules[pruning.schedule], pruning.settleEpochs);
  const plan = { epochs, everyEpochs: pruning.everyEpochs, pruneAfterEpochs: pruning.pruneAfterEpochs };
  return {
    pruningAfter: (epoch) => schedule.pruningAfter(epoch, plan),
    holds: (epoch) => schedule.holds(epoch, plan),
  };
}

function openLoaders(
  { training, test, shape, mean, std }: Dataset,
  batchSize: number,
  { batchWorkerScript: workerScript }: SetupOptions,
): Pick<TrainingSetup, 'trainingLoader' | 'testLoader'> {
  const loader = (images: Dataset['training']): BatchLoader =>
    openBatchLoader({ images, shape, mean, std, batchSize, ...(workerScript !== undefined && { workerScript }) });
  return { trainingLoader: loader(training), testLoader: loader(test) };
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
