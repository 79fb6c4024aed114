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

/** Data set and network of the config of one run. */
export function resolveRun(config: RunConfig, dataset: DatasetInfo = knownDataset(config.data)): ResolvedRun {
  return { config, ...networkOn(config.model.arch, dataset) };
}

/** The runs of a config. `fallbackName` names an experiment whose config gives no name. */
export function resolve(config: Config, fallbackName: string, datasetOf = knownDataset): Experiment {
  // A sweep of hundreds of runs is over a few networks only.
  const graphs = new Map<string, LayerGraph>();
  const runs = sweptConfigs(config, fallbackName).map((run) => {
    const dataset = datasetOf(run.data);
    const key = JSON.stringify([run.model.arch, dataset.shape, dataset.classes.length]);
    const graph = graphs.get(key) ?? networkOn(run.model.arch, dataset).graph;
    graphs.set(key, graph);
    return { config: run, dataset, graph };
  });
  return { name: experimentName(config, fallbackName), config, runs: runs as [ResolvedRun, ...ResolvedRun[]] };
}
