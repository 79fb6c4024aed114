import { UserError } from '../base/errors';
import { withLayerRates } from '../config/layerRates';
import { prunableOf, type Grouping } from '../pruning/groups';
import { readExperiment, type ReadExperiment } from './read';

/** A rate for layers whose filters were pruned together, as it was measured. */
export interface MeasuredRate {
  readonly layers: readonly string[];
  /** Filters, or groups of them, that are ranked among each other. */
  readonly groups: number;
  readonly rate: number;
}

/**
 * A config's text with measured rates written into `pruning.layers`; `read` is what the text was read as. Throws a UserError, and changes nothing, when the config
 * can't be read or its network is no longer the one that was measured.
 */
export function withMeasuredRates(
  text: string,
  rates: readonly MeasuredRate[],
  grouping: Grouping,
  read: ReadExperiment = readExperiment(text, 'config'),
): string {
  const { experiment, problems } = read;
  if (!experiment)
    throw new UserError(`The config has a mistake in line ${problems[0]!.line}: ${problems[0]!.message}`);
  const measured = poolsInWords(rates);
  for (const { config, graph } of experiment.runs) {
    if (config.pruning.groups !== grouping)
      throw new UserError(
        `The config now prunes filters "${config.pruning.groups}", but the rates were measured "${grouping}": measure again.`,
      );
    if (
      poolsInWords(
        prunableOf(graph, grouping).pools.map(({ layers, groups }) => ({ layers, groups: groups.length })),
      ) !== measured
    )
      throw new UserError(
        `The config now trains ${graph.name}, which has other layers than the network that was measured: measure a run of it.`,
      );
  }
  return withLayerRates(
    text,
    Object.fromEntries(rates.flatMap(({ layers, rate }) => layers.map((name) => [name, { rate }]))),
  );
}

function poolsInWords(pools: readonly Omit<MeasuredRate, 'rate'>[]): string {
  return JSON.stringify(pools.map(({ layers, groups }) => [layers, groups]));
}
