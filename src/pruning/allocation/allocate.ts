import { countMultiplyAdds, countParameters, type Widths } from '../../network/cost';
import type { LayerGraph } from '../../network/graph';
import { widthForecast } from '../forecast';
import type { Pool, Prunable } from '../groups';
import { allocations, type AllocationId } from '.';
import { rateOf, type LayerRates } from './rates';
import { multiplesUpTo, roundedKept } from './roundTo';
import { rateForTarget, unreachable, type Target } from './target';
import { grownWithin, narrowedWithin, type TimedPool } from './withinTime';

/** What a config says about how hard is pruned. */
export interface AllocationWish extends LayerRates {
  readonly allocation: AllocationId;
  readonly target: Target | null;
  /** Kept filters of every layer come in multiples of it, or in those that are faster on this machine. */
  readonly roundTo: number | 'machine';
}

/** What was measured on this machine. */
export interface MachineTimes {
  /** Seconds of a forward pass at the given widths. */
  secondsAt(widths: Widths): number;
  /** Numbers of kept groups that are worth their time, ascending, the whole pool among them. */
  usefulKept(pool: Pool): readonly number[];
}

/** Groups that are pruned of each pool at the pools' rates. */
type PrunedAt = (rates: readonly number[]) => number[];

/** A pool that it leaves whole has a rate of its own. */
const highestRate = 0.999;
/** Ascending: times do not always fall as rates grow, so that none can be skipped. */
const triedRates = [...Array.from({ length: 64 }, (_, step) => step / 64), highestRate];

/**
 * Decides how many groups of each pool are pruned. `times` are needed for a target of measured time and for rounding to what
 * this machine does fast.
 */
export class Allocator {
  readonly #sizes: readonly number[];
  readonly #cost: (kept: readonly number[]) => number;

  constructor(
    private readonly graph: LayerGraph,
    private readonly prunable: Prunable,
    private readonly wish: AllocationWish,
    private readonly times: MachineTimes | null = null,
  ) {
    this.#sizes = prunable.pools.map(({ groups }) => groups.length);
    this.#cost = this.#costByKind();
  }

  /**
   * Groups that are pruned of each pool at a share of the final rate, 0 to 1, by the scores of the pools' groups.
   * Throws a UserError when a target cannot be reached.
   */
  pruned(scores: readonly Float64Array[], share = 1): number[] {
    const full = this.#final(scores);
    if (share === 1) return full;
    return full.map((count) => Math.floor(count * share + 1e-9));
  }

  /** What the allocation by scores comes to is not known before there are some: the same number by layer stands for it. */
  forecast(): number[] {
    const { allocation } = this.wish;
    return this.#final([], allocations[allocation].needsScores ? 'uniform' : allocation);
  }

  #final(scores: readonly Float64Array[], allocation: AllocationId = this.wish.allocation): number[] {
    const { target, roundTo } = this.wish;
    const { pools } = this.prunable;
    const at = (rates: readonly number[]): number[] => allocations[allocation].pruned({ pools, rates, scores });
    const kept = target?.kind === 'latency' ? this.#keptInTime(target, at, allocation) : this.#keptBy(target, at);
    const rounded = roundTo === 1 || target?.kind === 'latency' ? kept : roundedKept(kept, this.#allowed(), this.#cost);
    return rounded.map((count, index) => this.#sizes[index]! - count);
  }

  #keptBy(target: Target | null, at: PrunedAt): number[] {
    const rates = target === null ? this.#rates(null) : this.#ratesFor(target, at);
    return at(rates).map((count, index) => this.#sizes[index]! - count);
  }

  /**
   * Time goes in steps that differ from layer to layer, so that one rate for all would prune much for nothing: where scores do not
   * decide, the layers that save most are narrowed, by what is measured. What one by one cannot do, one rate may.
   */
  #keptInTime(target: Target, at: PrunedAt, allocation: AllocationId): number[] {
    const { roundTo } = this.wish;
    const budget = target.left * this.#cost(this.#sizes);
    const free = at(this.#rates(0));
    const hardest = at(this.#rates(highestRate));
    const choices = this.#timed().map((pool, index): TimedPool => {
      const isFree = free[index] !== hardest[index] || pool.size === 1;
      return isFree ? pool : { ...pool, isFree, allowed: [pool.size - free[index]!] };
    });
    const keptAt = (rate: number): number[] => {
      const kept = at(this.#rates(rate)).map((count, index) => this.#sizes[index]! - count);
      return typeof roundTo === 'number' && roundTo > 1 ? roundedKept(kept, this.#allowed(), this.#cost) : kept;
    };
    const start = free.map((count, index) => this.#sizes[index]! - count);
    const tried = [
      ...(allocations[allocation].needsScores ? [] : [narrowedWithin(start, choices, this.#cost, budget)]),
      ...triedRates.map(keptAt),
    ];
    const within = tried.find((kept) => this.#cost(kept) <= budget);
    if (within === undefined) throw unreachable(target, Math.min(...tried.map(this.#cost)) / this.#cost(this.#sizes));
    return grownWithin(within, choices, this.#cost, budget);
  }

  #timed(): TimedPool[] {
    const { roundTo } = this.wish;
    const allowed = roundTo === 1 ? this.#useful() : this.#allowed();
    return this.prunable.pools.map(({ groups, layers }, index) => ({
      allowed: allowed[index]!,
      together: multiplesUpTo(groups.length, roundTo === 'machine' ? 1 : roundTo),
      size: groups.length,
      layers,
      isFree: true,
    }));
  }

  #useful(): readonly (readonly number[])[] {
    return this.prunable.pools.map((pool) => known(this.times).usefulKept(pool));
  }

  #allowed(): readonly (readonly number[])[] {
    const { roundTo } = this.wish;
    if (roundTo === 'machine') return this.#useful();
    return this.prunable.pools.map((pool) => multiplesUpTo(pool.groups.length, roundTo));
  }

  #ratesFor(target: Target, at: PrunedAt): readonly number[] {
    const dense = this.#cost(this.#sizes);
    const rate = rateForTarget(target, (some) => {
      const pruned = at(this.#rates(some));
      return this.#cost(this.#sizes.map((size, index) => size - pruned[index]!)) / dense;
    });
    return this.#rates(rate);
  }

  /** Of each pool; a rate that is tried takes the place of the config's one rate, not of those by pattern. */
  #rates(tried: number | null): number[] {
    const of = rateOf({ ...this.wish, rate: tried ?? this.wish.rate });
    return this.prunable.pools.map((pool) => gentlest(pool, of));
  }

  #costByKind(): (kept: readonly number[]) => number {
    const { graph, prunable, times } = this;
    const widths = widthForecast(graph, prunable);
    switch (this.wish.target?.kind) {
      case 'parameters':
        return (kept) => countParameters(graph, widths(kept));
      case 'latency':
        return (kept) => known(times).secondsAt(widths(kept));
      case 'flops':
      case undefined:
        return (kept) => countMultiplyAdds(graph, widths(kept));
    }
  }
}

function known(times: MachineTimes | null): MachineTimes {
  if (times === null) throw new Error('Measured times are needed, and there are none.');
  return times;
}

/** Layers of one pool that have rates of their own get the gentlest of them, as one mask serves them all. */
function gentlest({ layers }: Pool, of: (layer: string) => number): number {
  return Math.min(...layers.map(of));
}
