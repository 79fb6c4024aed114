import Table from 'cli-table3';
import { cpus, loadavg } from 'node:os';
import { permutation, randomStream } from '../src/base/random';
import { untrainedOnnx } from '../src/latency/convolutionChain';
import { untrainedWithout } from '../src/latency/narrowNetwork';
import { busyNote, layerTimes } from '../src/latency/layerTimes';
import { networkLatencies } from '../src/latency/networkLatencies';
import type { TimedModel } from '../src/engines/latency/interleaved';
import { planPruning, type PruningConfig } from '../src/experiment/pruningPlan';
import { networkTimes } from '../src/layerTimes/networkTimes';
import { countMultiplyAdds, fullWidths } from '../src/network/cost';
import type { LayerGraph } from '../src/network/graph';
import { buildNetwork } from '../src/network/zoo';
import type { MachineTimes } from '../src/pruning/allocation/allocate';
import { prunableOf, type FilterRef } from '../src/pruning/groups';
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
  /** Milliseconds that the table of this machine forecasts for 64 images on one thread. */
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
  { name: 'coupled, rate 0.5', pruning: { ...usual, rate: 0.5 } },
  { name: 'independent, rate 0.4', pruning: { ...usual, rate: 0.4, groups: 'independent' } },
  { name: 'independent, rate 0.5', pruning: { ...usual, rate: 0.5, groups: 'independent' } },
  { name: 'coupled, rate 0.4, roundTo machine', pruning: { ...usual, rate: 0.4, roundTo: 'machine' } },
  { name: 'coupled, latency 0.8', pruning: { ...usual, target: { ...noTarget, latency: 0.8 } } },
  { name: 'coupled, latency 0.7', pruning: { ...usual, target: { ...noTarget, latency: 0.7 } } },
  { name: 'coupled, latency 0.6', pruning: { ...usual, target: { ...noTarget, latency: 0.6 } } },
  {
    name: 'coupled, latency 0.6, roundTo 8',
    pruning: { ...usual, target: { ...noTarget, latency: 0.6 }, roundTo: 8 },
  },
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
  const narrow = untrainedWithout(graph, someOf(prunable.pools, kept.exact));
  return {
    model: { name, bytes: untrainedOnnx(narrow.graph, narrow.tensors) },
    multiplyAdds: countMultiplyAdds(narrow.graph, fullWidths(narrow.graph)),
    forecast: times.secondsAt(widthForecast(graph, prunable)(kept.exact)),
  };
}

type Pools = ReturnType<typeof planPruning>['prunable']['pools'];

/** The filters of so many groups of each pool that are not kept, drawn at random, as masks of layers differ. */
function someOf(pools: Pools, kept: readonly number[]): FilterRef[] {
  const random = randomStream(seed, 'bench');
  return pools.flatMap(({ groups }, pool) =>
    [...permutation(groups.length, random)].slice(Math.round(kept[pool]!)).flatMap((group) => groups[group]!),
  );
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toFixed(2);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`;
}
