import { randomWeights } from '../../config/choices';
import { networkFileOf, networkName } from '../../config/networkName';
import type { RunConfig } from '../../config/schema';
import { splitDataset } from '../../data/split';
import { UserError } from '../../base/errors';
import { idlePatterns } from '../../experiment/idlePatterns';
import type { ResolvedRun } from '../../experiment/resolve';
import type { LayerGraph } from '../../network/graph';
import { initialState } from '../../network/initialState';
import type { NetworkState } from '../../network/state';
import { busyNote, layerTimes } from '../../latency/layerTimes';
import { runSchedule } from '../../experiment/runSchedule';
import { needsMachineTimes, planPruning, type PruningPlan } from '../../experiment/pruningPlan';
import type { Imported } from '../../runs/model/format';
import type { MachineTimes } from '../../pruning/allocation/allocate';
import { criteria } from '../../pruning/criteria';
import { importanceParameters } from '../../pruning/criteria/taylor';
import type { Prunable } from '../../pruning/groups';
import type { FilterPruning } from '../loop/filterPruner';
import type { TrainingSetup } from '../loop/trainingSetup';
import { heldTraining } from './heldTraining';
import { importedState } from './importedState';
import { engineOf, fetchDataset, openLoader, paced, readyCounts, type PreparationOptions } from './preparation';
import { runTimes } from './runTimes';
import { startingState, type WeightSources } from './startingWeights';

export interface SetupOptions extends PreparationOptions {
  /** Where the weights that the config names are looked for. */
  readonly weightSources: WeightSources;
  /** What the network goes on from; the initial weights if left out. */
  readonly state?: NetworkState | undefined;
  /** The built measuring program; the one beside the running bundle if left out. */
  readonly measuringScript?: string;
}

/** Gets everything ready for training a run. Throws a UserError where config, data and engine do not go together. */
export async function setUp(run: ResolvedRun, options: SetupOptions): Promise<TrainingSetup> {
  const { config, graph } = run;
  const { batchSize, optimizer } = config.training;
  const warnings: string[] = [];
  const times = await measuredTimes(config, graph, options, (note) => warnings.push(note));
  const plan = planPruning(graph, config.pruning, times);
  const { state, imported } = options.state
    ? { state: options.state, imported: null }
    : await stateBeforeTraining(run, options);
  const { id, engine, reason } = await engineOf(config, { graph, batchSize, optimizer }, options);
  const dataset = await fetchDataset(run, options);
  options.signal.throwIfAborted();
  const split = splitDataset(readyCounts(run.dataset, dataset), { ...config.data, seed: config.training.seed });
  const needsImportance = criteria[config.pruning.criterion].needs === 'gradients';
  const importanceOf = needsImportance ? importanceSets(plan.prunable) : new Map<string, readonly string[]>();
  const compileOptions = { batchSize, optimizer, importanceOf, seed: config.training.seed };
  const network = await engine.compile(graph, compileOptions);
  await network.writeState(state);
  const trainingLoader = openLoader(dataset, dataset.training, batchSize, options);
  const testLoader = openLoader(dataset, dataset.test, batchSize, options);
  return {
    config,
    graph,
    network,
    compactTraining: heldTraining(engine, graph, compileOptions, config.pruning),
    pruning: filterPruning(run, plan),
    schedule: runSchedule(config),
    needsImportance,
    forecast: plan.savings,
    lastFilters: plan.lastFilters,
    engine: { ...engine.description, id, reason },
    classes: dataset.classes.length,
    split,
    stepsPerEpoch: stepsPerEpoch(split.training.length, batchSize),
    trainingLoader,
    testLoader,
    imported,
    warnings: [...warnings, ...patternsWithoutLayer(config, graph)],
    dispose: async () => {
      await Promise.all([trainingLoader.dispose(), testLoader.dispose(), network.dispose()]);
    },
  };
}

/** Only for pruning that goes by them. */
async function measuredTimes(
  { pruning }: RunConfig,
  graph: LayerGraph,
  { signal, measuringScript, onPreparing, weightSources }: SetupOptions,
  onNote: (note: string) => void,
): Promise<MachineTimes | null> {
  if (!needsMachineTimes(pruning)) return null;
  const what = 'measuring how fast this machine computes layers of every width';
  const onProgress = paced((fraction: number) => {
    onPreparing(what, fraction);
  });
  return runTimes(weightSources.runFolder, graph, pruning.groups, async () => {
    onPreparing(what, null);
    const { table, busy } = await layerTimes(graph, { signal, script: measuringScript, onProgress });
    if (busy) onNote(busyNote);
    return table;
  });
}

async function stateBeforeTraining(
  run: ResolvedRun,
  { weightSources, onPreparing }: SetupOptions,
): Promise<{ readonly state: NetworkState; readonly imported: Imported | null }> {
  const { config, graph } = run;
  const { initialWeights, seed } = config.training;
  const file = networkFileOf(config.model);
  if (initialWeights === null && file !== null) {
    onPreparing(`reading ${networkName(config.model)} and comparing it with itself in onnxruntime`, null);
    return importedState(run, weightSources);
  }
  if (initialWeights === null || initialWeights === randomWeights)
    return { state: initialState(graph, seed), imported: null };
  return { state: await startingState(graph, initialWeights, weightSources), imported: null };
}

function filterPruning({ config, graph }: ResolvedRun, { prunable, allocator }: PruningPlan): FilterPruning {
  const { criterion, batchNorm } = config.pruning;
  return { graph, prunable, allocator, criterion, batchNorm, seed: config.training.seed };
}

function importanceSets({ layers }: Prunable): ReadonlyMap<string, readonly string[]> {
  return new Map(layers.map((layer) => [layer.name, importanceParameters(layer)]));
}

/** Steps of an epoch of so many images. Throws a UserError when there is not one. */
export function stepsPerEpoch(images: number, batchSize: number): number {
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
