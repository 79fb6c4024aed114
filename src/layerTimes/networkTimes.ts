import { createHash } from 'node:crypto';
import { fullWidths, type Widths } from '../network/cost';
import type { LayerGraph } from '../network/graph';
import type { MachineTimes } from '../pruning/allocation/allocate';
import { widthForecast } from '../pruning/forecast';
import { prunableOf, type Pool, type Prunable } from '../pruning/groups';
import {
  plannedConvolutions,
  shapesToMeasure,
  shapeText,
  type ConvolutionShape,
  type PlannedConvolution,
} from './convolutions';
import { secondsByWidth, timesOf, type SecondsOf, type TimeTable } from './timeTable';

/** The same for networks of the same layers. */
export function networkKey({ layers }: LayerGraph): string {
  return createHash('sha256').update(JSON.stringify(layers)).digest('hex').slice(0, 32);
}

/** What has to be measured before the times of a network are known. */
export interface MissingTimes {
  readonly shapes: readonly (ConvolutionShape & { readonly most: number })[];
  /** Whether the dense network itself is missing. */
  readonly network: boolean;
}

/** What a table lacks for a network; without a table, everything. */
export function missingTimes(graph: LayerGraph, table: TimeTable | null): MissingTimes {
  const wanted = shapesToMeasure(graph);
  const key = networkKey(graph);
  return {
    shapes: table === null ? wanted : wanted.filter((shape) => !timesOf(table, shape, shape.most)),
    network: !table?.networks.some((each) => each.key === key),
  };
}

/**
 * The times of a network at any widths, from a table: the sum over its convolutions, and a rest, for images, pooling, classifier, the
 * call itself, and caches that a whole network fills. It is what the dense and the halved network were measured to take beyond
 * their sums, and between them it grows with the sum. Null when the table lacks something.
 */
export function networkTimes(graph: LayerGraph, prunable: Prunable, table: TimeTable): MachineTimes | null {
  const missing = missingTimes(graph, table);
  if (missing.network || missing.shapes.length > 0) return null;
  return new NetworkTimes(graph, prunable, table);
}

/** How many groups of a pool the halved network keeps. */
export function halved({ groups }: Pool): number {
  return Math.ceil(groups.length / 2);
}

class NetworkTimes implements MachineTimes {
  readonly #convolutions: readonly (PlannedConvolution & { readonly secondsOf: SecondsOf })[];
  /** Seconds that the sum of the convolutions does not explain, by that sum. */
  readonly #rest: (sum: number) => number;
  readonly #widthsAt: (kept: readonly number[]) => Widths;
  readonly #useful = new Map<string, readonly number[]>();

  constructor(
    graph: LayerGraph,
    private readonly prunable: Prunable,
    table: TimeTable,
  ) {
    this.#widthsAt = widthForecast(graph, prunable);
    const byShape = new Map(
      shapesToMeasure(graph).map((shape) => [shapeText(shape), secondsByWidth(timesOf(table, shape, shape.most)!)]),
    );
    this.#convolutions = plannedConvolutions(graph).map((planned) => ({
      ...planned,
      secondsOf: byShape.get(shapeText(planned))!,
    }));
    this.#rest = this.#restFrom(graph, table);
  }

  #restFrom(graph: LayerGraph, { networks }: TimeTable): (sum: number) => number {
    const key = networkKey(graph);
    const measured = networks.find((each) => each.key === key)!;
    const full = this.#sum(fullWidths(graph));
    const ofDense = measured.dense - full;
    if (measured.half === null) return () => ofDense;
    const coupled = prunableOf(graph, 'coupled');
    const half = this.#sum(widthForecast(graph, coupled)(coupled.pools.map(halved)));
    const ofHalf = measured.half - half;
    return (sum) => ofHalf + ((ofDense - ofHalf) * (sum - half)) / (full - half);
  }

  secondsAt(widths: Widths): number {
    const sum = this.#sum(widths);
    return Math.max(sum + this.#rest(sum), 0);
  }

  /** Those that cost visibly less than any larger number, while the other pools are whole. */
  usefulKept(pool: Pool): readonly number[] {
    const useful = this.#useful.get(pool.name) ?? this.#usefulOf(pool);
    this.#useful.set(pool.name, useful);
    return useful;
  }

  #usefulOf(pool: Pool): readonly number[] {
    const { pools } = this.prunable;
    const index = pools.findIndex(({ name }) => name === pool.name);
    const whole = pools.map(({ groups }) => groups.length);
    const times = pool.groups.map((_, kept) => this.secondsAt(this.#widthsAt(whole.with(index, kept + 1))));
    return worthTheirTime(times).map((kept) => kept + 1);
  }

  #sum(widths: Widths): number {
    return this.#convolutions.reduce((sum, { channelsAt, secondsOf, share }) => {
      const channels = channelsAt(widths);
      return channels ? sum + share * secondsOf(channels) : sum;
    }, 0);
  }
}

/** Indexes of the times that are visibly below every later one, ascending; the last one is among them. */
export function worthTheirTime(times: readonly number[]): number[] {
  const visible = visibleShare * (times.at(-1)! - Math.min(...times));
  let lowestAfter = Infinity;
  const worth: number[] = [];
  for (let index = times.length - 1; index >= 0; index--) {
    const time = times[index]!;
    if (time < lowestAfter - visible) worth.unshift(index);
    lowestAfter = Math.min(lowestAfter, time);
  }
  return worth;
}

/** Of all that can be saved: smaller steps are noise. */
const visibleShare = 0.05;
