import { sizeOf } from '../formats/tensor';
import { timeInterleaved, type Steadiness, type TimedModel, type TimedModels } from '../engines/latency/interleaved';
import { pairsToMeasure } from '../layerTimes/grid';
import type { ShapeTimes } from '../layerTimes/timeTable';
import { convolutionChain, untrainedOnnx } from './convolutionChain';
import type { ConvolutionOptions, MeasuredShape, TimedConvolutions } from './orders';

/** Pairs of convolutions in the short chain and in the long one: their difference is free of what comes before and after. */
const chainLengths = { short: 1, long: 3 } as const;
const convolutionsMore = 2 * (chainLengths.long - chainLengths.short);

const rounds = 3;
const turnMilliseconds = 4;
/** Chains that take turns: many, but not more than memory holds. */
const mostPairsAtOnce = 12;
const mostWeightsAtOnce = 2 ** 24;

type Pair = readonly [one: number, other: number];

export interface ConvolutionEnvironment {
  /** Times models in turns; for tests. */
  readonly time?: (models: readonly TimedModel[]) => Promise<TimedModels>;
  /** Called with the share that is done; it may throw to stop. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Times of convolutions of these shapes by width. The lowest of many runs counts: all that other programs do makes a run longer.
 */
export async function timeConvolutions(
  shapes: readonly MeasuredShape[],
  options: ConvolutionOptions,
  { time, onProgress = () => undefined }: ConvolutionEnvironment = {},
): Promise<TimedConvolutions> {
  const timed = time ?? ((models) => timeInterleaved(models, { ...options, rounds, turnMilliseconds }));
  const groups = shapes.flatMap((shape) => groupsOf(shape).map((pairs) => ({ shape, pairs })));
  const all = groups.reduce((sum, { pairs }) => sum + pairs.length, 0);
  const found = new Map(shapes.map((shape): [MeasuredShape, ShapeTimes['pairs']] => [shape, []]));
  const steadiness: Steadiness[] = [];
  let done = 0;
  for (const { shape, pairs } of groups) {
    onProgress(done / all);
    const result = await timed(modelsOf(shape, pairs));
    found
      .get(shape)!
      .push(...pairs.map((pair, index): ShapeTimes['pairs'][number] => [...pair, secondsOf(result, index)]));
    steadiness.push(result.steadiness);
    done += pairs.length;
  }
  return {
    shapes: [...found].map(([{ kernel, height, width, most }, pairs]) => ({
      kernel,
      height,
      width,
      most,
      pairs,
    })),
    steadiness: together(steadiness),
  };
}

function groupsOf({ kernel, most }: MeasuredShape): Pair[][] {
  const groups: Pair[][] = [];
  let [weights, group]: [number, Pair[]] = [Infinity, []];
  for (const pair of pairsToMeasure(most)) {
    const more = 2 * (chainLengths.short + chainLengths.long) * sizeOf([...pair, kernel, kernel]);
    if (weights + more > mostWeightsAtOnce || group.length === mostPairsAtOnce) {
      groups.push((group = []));
      weights = 0;
    }
    group.push(pair);
    weights += more;
  }
  return groups;
}

/** A short and a long chain of each pair. */
function modelsOf(shape: MeasuredShape, pairs: readonly Pair[]): TimedModel[] {
  return pairs.flatMap((pair) =>
    [chainLengths.short, chainLengths.long].map((length) => ({
      name: `${pair.join('-')} x ${length}`,
      bytes: untrainedOnnx(convolutionChain(shape, pair, length)),
    })),
  );
}

/** Of one convolution; where noise hides it, next to nothing. */
function secondsOf({ spreads }: TimedModels, pair: number): number {
  const [short, long] = [spreads[2 * pair]!.lowest, spreads[2 * pair + 1]!.lowest];
  return Math.max((long - short) / convolutionsMore, 1e-9);
}

function together(all: readonly Steadiness[]): Steadiness {
  const sum = (of: (each: Steadiness) => number): number => all.reduce((total, each) => total + of(each), 0);
  return {
    usedByOthers: sum(({ usedByOthers }) => usedByOthers) / all.length,
    slowRound: sum(({ slowRound }) => slowRound),
    fastRound: sum(({ fastRound }) => fastRound),
  };
}
