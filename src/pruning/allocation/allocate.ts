import { countMultiplyAdds, countParameters, type Widths } from '../../network/cost';
import type { LayerGraph } from '../../network/graph';
import { widthForecast } from '../forecast';
import type { Pool, Prunable } from '../groups';
import { allocations, type AllocationId } from '.';
import { rateOf, type LayerRates } from './rates';
import { multiplesUpTo, roundedKept } from './roundTo';
import { rateForTarget, type Target } from './target';

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
    const rates = target === null ? this.#rates(null) : this.#ratesFor(target, at);
    const kept = at(rates).map((count, index) => this.#sizes[index]! - count);
    const rounded = roundTo === 1 ? kept : roundedKept(kept, this.#allowed(), this.#cost);
    return rounded.map((count, index) => this.#sizes[index]! - count);
  }

  #allowed(): readonly (readonly number[])[] {
    const { roundTo } = this.wish;
    return this.prunable.pools.map((pool) =>
      roundTo === 'machine' ? known(this.times).usefulKept(pool) : multiplesUpTo(pool.groups.length, roundTo),
    );
  }

  #ratesFor(target: Target, at: (rates: readonly number[]) => number[]): readonly number[] {
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
