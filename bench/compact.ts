import Table from 'cli-table3';
import { cpus, loadavg } from 'node:os';
import { busyNote, layerTimes } from '../src/analysis/latency/layerTimes';
import { networkLatencies } from '../src/analysis/latency/networkLatencies';
import type { TimedModel } from '../src/engines/latency/interleaved';
import { planPruning, type PruningConfig } from '../src/experiment/pruningPlan';
import { encodeOnnxNetwork } from '../src/export/onnx';
import { networkTimes } from '../src/layerTimes/networkTimes';
import { countMultiplyAdds, fullWidths } from '../src/network/cost';
import type { LayerGraph } from '../src/network/graph';
import { initialState } from '../src/network/initialState';
import type { TensorMap } from '../src/network/state';
import { buildNetwork } from '../src/network/zoo';
import type { MachineTimes } from '../src/pruning/allocation/allocate';
import { compact } from '../src/pruning/compaction/compact';
import { prunableOf } from '../src/pruning/groups';
import { widthForecast } from '../src/pruning/forecast';
import { seed } from './engineSubjects';

/** A way to prune, by name. */
interface Case {
  readonly name: string;
  readonly pruning: PruningConfig;
}

interface Subject {
  readonly model: TimedModel;
  readonly multiplyAdds: number;
  /** Milliseconds that the table of this machine forecasts for one image on one thread. */
  readonly forecast: number;
}

const noTarget = { flops: null, parameters: null, latency: null };
const usual: PruningConfig = {
  rate: 0,
  layers: {},
  allocation: 'uniform',
  target: noTarget,
  roundTo: 1,
  groups: 'coupled',
};

const cases: readonly Case[] = [
  { name: 'dense', pruning: usual },
  {
    name: 'coupled, 60 % of the FLOPs saved, roundTo 8',
    pruning: { ...usual, target: { ...noTarget, flops: 0.4 }, roundTo: 8 },
  },
  {
    name: 'coupled, 60 % of the FLOPs saved, roundTo 16',
    pruning: { ...usual, target: { ...noTarget, flops: 0.4 }, roundTo: 16 },
  },
  { name: 'coupled, rate 0.4', pruning: { ...usual, rate: 0.4 } },
  { name: 'independent, rate 0.4', pruning: { ...usual, rate: 0.4, groups: 'independent' } },
  { name: 'coupled, rate 0.4, roundTo machine', pruning: { ...usual, rate: 0.4, roundTo: 'machine' } },
  { name: 'coupled, latency 0.8', pruning: { ...usual, target: { ...noTarget, latency: 0.8 } } },
  { name: 'coupled, latency 0.6', pruning: { ...usual, target: { ...noTarget, latency: 0.6 } } },
];

/** `npm run bench -- --compact`: what pruned networks save on paper and by the clock, all in one interleaved run. */
export async function compactBench(arch: string): Promise<void> {
  const { signal } = new AbortController();
  const graph = buildNetwork(arch, { channels: 3, height: 32, width: 32 }, 10);
  const { table: layers, busy } = await layerTimes(graph, { signal });
  if (busy) console.log(busyNote);
  const timesOf = (groups: PruningConfig['groups']): MachineTimes =>
    networkTimes(graph, prunableOf(graph, groups), layers)!;
  const times = { coupled: timesOf('coupled'), independent: timesOf('independent') };
  const subjects = cases.map((each) => subjectOf(graph, each, times[each.pruning.groups]));
  const before = loadavg()[0]!;
  const { machine, runtime, measured } = await networkLatencies(
    subjects.map(({ model }) => model),
    { signal },
  );
  console.log(
    `${arch}, ${machine}, ${runtime}; load ${before.toFixed(1)} before and ${loadavg()[0]!.toFixed(1)} after, on ${cpus().length} processors`,
  );
  const dense = subjects[0]!;
  for (const { batch, threads, disturbed, spreads } of measured) {
    const table = new Table({
      head: [
        '',
        'ms',
        'quartiles',
        'lowest',
        'saved on paper',
        'saved',
        'share',
        'left',
        'left by lowest',
        'forecast left',
      ],
      style: { head: [], border: [] },
    });
    const base = spreads.get('dense')!;
    for (const { model, multiplyAdds, forecast } of subjects) {
      const { median, lowest, lowerQuartile, upperQuartile } = spreads.get(model.name)!;
      const paper = 1 - multiplyAdds / dense.multiplyAdds;
      const real = 1 - median / base.median;
      table.push([
        model.name,
        milliseconds(median),
        `${milliseconds(lowerQuartile)} – ${milliseconds(upperQuartile)}`,
        milliseconds(lowest),
        percent(paper),
        percent(real),
        paper > 0 ? percent(real / paper) : '',
        (median / base.median).toFixed(3),
        (lowest / base.lowest).toFixed(3),
        (forecast / dense.forecast).toFixed(3),
      ]);
    }
    console.log(`batch ${batch}, ${threads} thread(s)${disturbed ? ', DISTURBED by other programs' : ''}`);
    console.log(table.toString());
  }
}

/** The compact network as a run would export it, of weights that nobody trained. */
function subjectOf(graph: LayerGraph, { name, pruning }: Case, times: MachineTimes): Subject {
  const { prunable, kept } = planPruning(graph, pruning, times);
  const tensors = firstKept(graph, prunable.pools, kept.exact);
  const narrow = name === 'dense' ? { graph, tensors } : compact(graph, tensors);
  const about = { title: name, version: '', input: { mean: [], std: [] }, classes: [], metadata: {} };
  return {
    model: { name, bytes: encodeOnnxNetwork({ ...narrow, about }) },
    multiplyAdds: countMultiplyAdds(narrow.graph, fullWidths(narrow.graph)),
    forecast: times.secondsAt(widthForecast(graph, prunable)(kept.exact)),
  };
}

type Pools = ReturnType<typeof planPruning>['prunable']['pools'];

/** Weights with the filters of all groups zero but for the first so many of each pool, batch norm's included. */
function firstKept(graph: LayerGraph, pools: Pools, kept: readonly number[]): TensorMap {
  const { parameters, statistics } = initialState(graph, seed);
  const batchNorms = new Map(
    graph.layers.flatMap(({ kind, name, inputs }) => (kind === 'batchNorm' ? [[inputs[0], name]] : [])),
  );
  for (const [pool, { groups }] of pools.entries())
    for (const { layer, filter } of groups.slice(kept[pool]).flat()) {
      const weights = parameters.get(`${layer}.weight`)!;
      const size = weights.data.length / weights.shape[0]!;
      weights.data.fill(0, filter * size, (filter + 1) * size);
      for (const end of ['weight', 'bias']) parameters.get(`${batchNorms.get(layer)}.${end}`)!.data[filter] = 0;
    }
  return new Map([...parameters, ...statistics]);
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(2);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
