/** A pool as far as times decide about it. */
export interface TimedPool {
  /** Numbers of kept groups to choose from, ascending. */
  readonly allowed: readonly number[];
  /** Those to choose from when pools are narrowed together, whose widths are sums. */
  readonly together: readonly number[];
  /** Of groups. */
  readonly size: number;
  /** The layers whose filters are in it. */
  readonly layers: readonly string[];
  /** False for one whose number is given. */
  readonly isFree: boolean;
}

export type Cost = (kept: readonly number[]) => number;

/**
 * Kept groups by pool whose cost is within the budget, found from `kept` on: step by step what saves most for what it loses, one
 * pool that goes to a smaller number or pools that have layers in common, whose widths are sums of theirs, at once. In the end
 * pools get back what is left over. What is lost counts by the logarithm of the kept share, for every layer: halving what was
 * halved costs as much again. What no step makes cheaper any more stays above the budget.
 */
export function narrowedWithin(
  kept: readonly number[],
  pools: readonly TimedPool[],
  cost: Cost,
  budget: number,
): number[] {
  const joint = jointSteps(pools);
  const lossOf = (from: readonly number[], to: readonly number[]): number =>
    pools.reduce((sum, { layers }, pool) => sum + layers.length * Math.log(from[pool]! / to[pool]!), 0);
  let narrowed = [...kept];
  for (let before = cost(narrowed); before > budget; before = cost(narrowed)) {
    const steps = [...singleSteps(narrowed, pools), ...joint.map((step) => step(narrowed))].filter(
      (to) => lossOf(narrowed, to) > 0,
    );
    const worthOf = (to: readonly number[]): number => (before - cost(to)) / lossOf(narrowed, to);
    const best = steps
      .map((to) => ({ to, worth: worthOf(to) }))
      .reduce((most, step) => (step.worth > most.worth ? step : most), { to: narrowed, worth: 0 });
    if (best.worth <= 0) return narrowed;
    narrowed = best.to;
  }
  return grownWithin(narrowed, pools, cost, budget);
}

function singleSteps(kept: readonly number[], pools: readonly TimedPool[]): number[][] {
  return pools.flatMap(({ allowed }, pool) =>
    allowed.filter((number) => number < kept[pool]!).map((number) => kept.with(pool, number)),
  );
}

const jointShares = [0.75, 0.5, 0.25];

/** Takes all pools of a set that may be narrowed to a share of their size, unless they are narrower already. */
function jointSteps(pools: readonly TimedPool[]): ((kept: readonly number[]) => number[])[] {
  return joinedPools(pools)
    .map((set) => set.filter((pool) => pools[pool]!.isFree))
    .filter((set) => set.length > 1)
    .flatMap((set) =>
      jointShares.map(
        (share) => (kept) =>
          kept.map((count, pool) =>
            set.includes(pool) ? Math.min(count, nearest(pools[pool]!.together, share * pools[pool]!.size)) : count,
          ),
      ),
    );
}

function nearest(numbers: readonly number[], wanted: number): number {
  return numbers.reduce((best, number) => (Math.abs(number - wanted) < Math.abs(best - wanted) ? number : best));
}

/** Sets of pools, by index, that have layers in common, directly or by way of others. */
function joinedPools(pools: readonly TimedPool[]): number[][] {
  const sets: { readonly pools: number[]; readonly layers: Set<string> }[] = [];
  for (const [pool, { layers }] of pools.entries()) {
    const joined = sets.filter((set) => layers.some((layer) => set.layers.has(layer)));
    for (const set of joined) sets.splice(sets.indexOf(set), 1);
    sets.push({
      pools: [...joined.flatMap((set) => set.pools), pool],
      layers: new Set([...joined.flatMap((set) => [...set.layers]), ...layers]),
    });
  }
  return sets.map((set) => set.pools);
}

/**
 * Kept groups by pool, grown from `kept` as far as the cost stays within the budget: step by step the pool that has kept the
 * smallest share, to the next allowed number that fits, so that what costs nothing is not pruned. A cost need not grow
 * with every group: whole blocks are cheaper than what is a little less.
 */
export function grownWithin(
  kept: readonly number[],
  pools: readonly Pick<TimedPool, 'allowed' | 'size'>[],
  cost: Cost,
  budget: number,
): number[] {
  let grown = [...kept];
  const shareOf = (pool: number): number => grown[pool]! / pools[pool]!.size;
  const grownAt = (pool: number): number[] | undefined =>
    pools[pool]!.allowed.filter((number) => number > grown[pool]!)
      .map((number) => grown.with(pool, number))
      .find((more) => cost(more) <= budget);
  for (;;) {
    const narrowestFirst = [...pools.keys()].sort((a, b) => shareOf(a) - shareOf(b) || a - b);
    const next = firstOf(narrowestFirst, grownAt);
    if (next === undefined) return grown;
    grown = next;
  }
}

function firstOf<Item, Found>(items: readonly Item[], find: (item: Item) => Found | undefined): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
