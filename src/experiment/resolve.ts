import type { Config, RunConfig } from '../config/schema';
import { experimentName, sweptConfigs } from '../config/sweep';
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

/** Data set and network of the config of one run. */
export function resolveRun(config: RunConfig): ResolvedRun {
  return { config, ...networkOn(config.model.arch, config.data.dataset) };
}

/** The runs of a config. `fallbackName` names an experiment whose config gives no name. */
export function resolve(config: Config, fallbackName: string): Experiment {
  // A sweep of hundreds of runs is over a few networks only.
  const resolved = new Map<string, NetworkOnData>();
  const runs = sweptConfigs(config, fallbackName).map((run) => {
    const key = `${run.model.arch} ${run.data.dataset}`;
    const network = resolved.get(key) ?? networkOn(run.model.arch, run.data.dataset);
    resolved.set(key, network);
    return { config: run, ...network };
  });
  return { name: experimentName(config, fallbackName), config, runs: runs as [ResolvedRun, ...ResolvedRun[]] };
}
