import { networkFileOf } from '../config/networkName';
import type { Config, RunConfig } from '../config/schema';
import { experimentName, sweptConfigs } from '../config/sweep';
import type { DatasetInfo } from '../data/dataset';
import { datasetInfo } from '../data/sets/datasetInfo';
import type { LayerGraph } from '../network/graph';
import { networkOn, type NetworkOnData } from './network';

/** A run, with what the names in its config stand for. */
export interface ResolvedRun extends NetworkOnData {
  readonly config: RunConfig;
}

/** A config resolved: what it is called, and the runs that its sweep makes; one at least. */
export interface Experiment {
  readonly name: string;
  readonly config: Config;
  readonly runs: readonly [ResolvedRun, ...ResolvedRun[]];
}

/** What the images of a config are, where somebody has looked. */
export type DatasetOf = (data: RunConfig['data']) => DatasetInfo;

/** Of a config that brings no images of its own: nobody has to look. */
export const knownDataset: DatasetOf = ({ dataset }) => datasetInfo(dataset);

/** The network in the file that a config names, where somebody has read it. */
export type NetworkOf = (model: RunConfig['model'], dataset: DatasetInfo) => LayerGraph;

/** Of configs whose networks are those of the zoo: nobody has to read one. */
const noFiles: NetworkOf = ({ arch }) => {
  throw new Error(`A config names a file for its network, but nobody has read it; it is not "${arch}".`);
};

/** Data set and network of the config of one run. `graph` is the network of a run that keeps one of its own. */
export function resolveRun(
  config: RunConfig,
  dataset: DatasetInfo = knownDataset(config.data),
  graph: LayerGraph | null = null,
): ResolvedRun {
  return graph ? { config, dataset, graph } : { config, ...networkOn(config.model.arch, dataset) };
}

/** The runs of a config. `fallbackName` names an experiment whose config gives no name. */
export function resolve(
  config: Config,
  fallbackName: string,
  datasetOf = knownDataset,
  networkOf = noFiles,
): Experiment {
  // A sweep of hundreds of runs is over a few networks only.
  const graphs = new Map<string, LayerGraph>();
  const runs = sweptConfigs(config, fallbackName).map((run) => {
    const { model } = run;
    const dataset = datasetOf(run.data);
    const key = JSON.stringify([model, dataset.shape, dataset.classes.length]);
    const graph = graphs.get(key) ?? graphOf(model, dataset, networkOf);
    graphs.set(key, graph);
    return { config: run, dataset, graph };
  });
  return { name: experimentName(config, fallbackName), config, runs: runs as [ResolvedRun, ...ResolvedRun[]] };
}

function graphOf(model: RunConfig['model'], dataset: DatasetInfo, networkOf: NetworkOf): LayerGraph {
  return networkFileOf(model) === null ? networkOn(model.arch, dataset).graph : networkOf(model, dataset);
}
