import { UserError } from '../../base/errors';
import type { LayerGraph } from '../../network/graph';
import { imageShape } from '../../network/shapes';
import { needsMachineTimes, planPruning, type PruningConfig, type PruningPlan } from '../../experiment/pruningPlan';
import { latencyForecast, type LatencyForecast } from '../../layerTimes/latencyForecast';
import { networkTimes } from '../../layerTimes/networkTimes';
import { forecastTable, keptTables } from '../../layerTimes/tableFile';
import { prunableOf } from '../../pruning/groups';
import { lastFilterSentence } from '../../pruning/lastFilters';
import { grouped, percent } from '../figures';
import { namedNetwork, type CountedData } from '../networkArgument';
import { asUsage, UsageError } from '../problems';
import { isFile } from '../paths';
import { table } from '../table';
import { colours, print, printJson } from '../terminal';

export interface FlopsOptions {
  readonly rate?: number;
  readonly dataset?: CountedData;
  readonly json?: boolean;
}

/** A network and how hard its layers are pruned. */
interface Subject {
  readonly graph: LayerGraph;
  readonly pruning: PruningConfig;
  /** Why published counts of it are others, in a sentence; null where they are not, or nothing is known. */
  readonly published: string | null;
}

/** `sfp flops`: multiply-adds and parameters of a network, dense and pruned. */
export async function flops(network: string, options: FlopsOptions): Promise<void> {
  const { graph, pruning, published } = await asUsage(() => subjectOf(network, options));
  const table = forecastTable(await keptTables());
  const times = table && networkTimes(graph, prunableOf(graph, pruning.groups), table);
  if (times === null && needsMachineTimes(pruning))
    throw new UserError(
      'This pruning goes by times that are not measured on this machine yet: run "sfp engines --widths" with the config first.',
    );
  const { savings, layers, prunable, kept, lastFilters } = planPruning(graph, pruning, times);
  const { multiplyAdds, parameters } = savings;
  const { dense, paper, exact } = multiplyAdds;
  const reduction = { paper: 1 - paper / dense, exact: 1 - exact / dense };
  const latency = times && latencyForecast(graph, prunable, kept.exact, times);
  const counts = {
    multiplyAdds,
    reduction,
    parameters,
    layers,
    ...(latency && { latency }),
    ...(lastFilters.length > 0 && { lastFilters }),
  };
  if (options.json) printJson(counts);
  else {
    printCounts(graph.name, counts);
    if (published !== null) print(published);
  }
}

async function subjectOf(network: string, { rate, dataset }: FlopsOptions): Promise<Subject> {
  if (!(await isFile(network))) {
    const graph = namedNetwork(network, dataset);
    if (rate === undefined) throw new UsageError('Give the fraction of filters to prune: --rate 0.3.');
    return { graph, pruning: rateAlone(rate), published: publishedNote(graph, rate) };
  }
  // Loading the config schema takes time and is not needed when a network is named.
  const { loadExperiment } = await import('../../experiment/load');
  const { config, runs } = await loadExperiment(network);
  const subjects = runs.map(({ config: { model, data, pruning } }) =>
    JSON.stringify([
      model,
      data.dataset,
      data.arrays,
      data.folder,
      data.size,
      data.channels,
      { ...pruning, criterion: '', schedule: '' },
    ]),
  );
  if (new Set(subjects).size > 1)
    throw new UsageError(
      `${network} sweeps over networks or rates; name one network and one rate instead: sfp flops ${config.model.arch} --rate 0.3.`,
    );
  const [{ graph, config: run }] = runs;
  return { graph, pruning: rate === undefined ? run.pruning : rateAlone(rate), published: null };
}

function publishedNote(graph: LayerGraph, rate: number): string | null {
  if (graph.name !== 'resnet101' || rate !== 0.3 || imageShape(graph).height !== 224) return null;
  return (
    'Published are 42.2 % (He et al., 2018, table 2): that is what these rules give for a ResNet-50 with the stride on the first ' +
    '1x1 convolution of its blocks. In a ResNet-101 the projections, which are not pruned, weigh less, so that more is saved.'
  );
}

/** The paper's way with one rate in all layers. */
function rateAlone(rate: number): PruningConfig {
  const target = { flops: null, parameters: null, latency: null };
  return { rate, layers: {}, allocation: 'uniform', target, roundTo: 1, groups: 'independent' };
}

function printCounts(
  name: string,
  {
    multiplyAdds,
    reduction,
    parameters,
    layers,
    latency,
    lastFilters,
  }: {
    readonly multiplyAdds: { readonly dense: number; readonly paper: number; readonly exact: number };
    readonly reduction: { readonly paper: number; readonly exact: number };
    readonly parameters: { readonly dense: number; readonly exact: number };
    readonly layers: PruningPlan['layers'];
    readonly latency?: LatencyForecast;
    readonly lastFilters?: readonly string[];
  },
): void {
  const { bold, dim, yellow } = colours();
  const right = (title: string) => ({ title, align: 'right' as const });
  print(
    table(
      [{ title: 'layer' }, right('filters'), right('kept'), right('dense'), right('paper'), right('exact')],
      layers.map((layer) => [
        layer.name,
        String(layer.filters),
        String(layer.kept),
        grouped(layer.dense),
        grouped(layer.paper),
        grouped(layer.exact),
      ]),
      dim,
    ),
  );
  print('');
  print(bold(`${name}, FLOPs (multiply-adds, one counts once) of all convolutions for one image`));
  const saved = (count: number, fraction: number): string[] => [grouped(count), `${percent(fraction, 1)} saved`];
  const columns = [{ title: '' }, right(''), { title: '' }, { title: '' }];
  const rows = [
    ['dense', grouped(multiplyAdds.dense), '', 'as trained'],
    ['paper', ...saved(multiplyAdds.paper, reduction.paper), 'as papers count: kept fraction not rounded'],
    ['exact', ...saved(multiplyAdds.exact, reduction.exact), 'of the network that can be built: whole filters'],
  ];
  print(table(columns, rows).trimStart());
  const fewer = 1 - parameters.exact / parameters.dense;
  print(`Parameters ${grouped(parameters.dense)}, compact ${grouped(parameters.exact)} (${percent(fewer, 1)} fewer).`);
  if (latency) print(latencyText(latency));
  if (lastFilters) print(yellow(lastFilterSentence(lastFilters)));
}

function latencyText({ dense, pruned }: LatencyForecast): string {
  return (
    `Forecast on this machine, 64 images on one thread: ${dense.toFixed(1)} ms, compact ${pruned.toFixed(1)} ms ` +
    `(${percent(1 - pruned / dense, 1)} less).`
  );
}
