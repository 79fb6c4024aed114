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

/** The network in the file that a config names, where somebody has read it. */
export type NetworkOf = (model: RunConfig['model'], dataset: DatasetInfo) => LayerGraph;

/** Of configs whose networks are those of the zoo: nobody has to read one. */
const noFiles: NetworkOf = ({ arch }) => {
  throw new Error(`A config names a file for its network, but nobody has read it; it is not "${arch}".`);
};

/** Data set and network of the config of one run. `graph` is the network of a run that keeps one of its own. */
export function resolveRun(config: RunConfig, graph: LayerGraph | null = null): ResolvedRun {
  const { model, data } = config;
  return graph
    ? { config, dataset: datasetInfo(data.dataset), graph }
    : { config, ...networkOn(model.arch, data.dataset) };
}

/** The runs of a config. `fallbackName` names an experiment whose config gives no name. */
export function resolve(config: Config, fallbackName: string, networkOf = noFiles): Experiment {
  // A sweep of hundreds of runs is over a few networks only.
  const resolved = new Map<string, NetworkOnData>();
  const runs = sweptConfigs(config, fallbackName).map((run) => {
    const { model, data } = run;
    const key = JSON.stringify([model, data.dataset]);
    const network = resolved.get(key) ?? onData(run, networkOf);
    resolved.set(key, network);
    return { config: run, ...network };
  });
  return { name: experimentName(config, fallbackName), config, runs: runs as [ResolvedRun, ...ResolvedRun[]] };
}

function onData({ model, data }: RunConfig, networkOf: NetworkOf): NetworkOnData {
  if (networkFileOf(model) === null) return networkOn(model.arch, data.dataset);
  const dataset = datasetInfo(data.dataset);
  return { dataset, graph: networkOf(model, dataset) };
}
