import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grownWithin, narrowedWithin, type Cost, type TimedPool } from '../../../../src/pruning/allocation/withinTime';

const pool = (size: number, allowed: readonly number[], layers: readonly string[]): TimedPool => ({
  size,
  allowed,
  together: allowed,
  layers,
  isFree: true,
});
const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1);
const blocks = (width: number): number => Math.ceil(width / 8);

describe('growing', () => {
  const pools = [pool(16, upTo(16), ['a']), pool(16, upTo(16), ['b'])];

  test('fills blocks that are paid for', () => {
    const cost: Cost = ([a, b]) => blocks(a!) + blocks(b!);
    expect(grownWithin([3, 9], pools, cost, 3)).toEqual([8, 16]);
  });

  test('begins with the pool that has kept the smallest share', () => {
    const cost: Cost = ([a, b]) => a! + b!;
    expect(grownWithin([2, 6], pools, cost, 11)).toEqual([5, 6]);
  });

  test('skips numbers that cost more than larger ones', () => {
    const cost: Cost = ([a, b]) => (a! % 4 === 0 ? 1 : 2) + b!;
    expect(grownWithin([4, 1], pools, cost, 2)).toEqual([16, 1]);
  });

  test('lets two pools fill a block together', () => {
    const cost: Cost = ([a, b]) => blocks(a! + b!);
    const [a, b] = grownWithin([3, 3], pools, cost, 1) as [number, number];
    expect(a + b).toBe(8);
  });

  test('never leaves the budget, and leaves no step that would fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 16 }), (budget, start) => {
        const cost: Cost = ([a, b]) => 3 * blocks(a!) + 5 * blocks(b!);
        const before = [start, 1];
        const grown = grownWithin(before, pools, cost, budget);
        if (cost(before) > budget) expect(grown).toEqual(before);
        else expect(cost(grown)).toBeLessThanOrEqual(budget);
        for (const index of [0, 1])
          if (grown[index]! < 16 && cost(before) <= budget)
            expect(cost(grown.with(index, grown[index]! + 1))).toBeGreaterThan(budget);
      }),
    );
  });
});

describe('narrowing', () => {
  test('takes from where a filter costs most', () => {
    const pools = [pool(16, [4, 8, 12, 16], ['a']), pool(16, [4, 8, 12, 16], ['b'])];
    const cost: Cost = ([a, b]) => 10 * a! + b!;
    expect(narrowedWithin([16, 16], pools, cost, 140)).toEqual([12, 16]);
  });

  test('leaves a pool whose number is given', () => {
    const pools = [{ ...pool(16, [16], ['a']), isFree: false }, pool(16, [4, 8, 12, 16], ['b'])];
    const cost: Cost = ([a, b]) => 10 * a! + b!;
    expect(narrowedWithin([16, 16], pools, cost, 165)).toEqual([16, 4]);
    expect(narrowedWithin([16, 16], pools, cost, 140)).toEqual([16, 4]);
  });

  test('narrows pools at once whose layers share a width', () => {
    // Each alone still needs two blocks for the sum of both.
    const pools = [pool(8, upTo(8), ['a', 'b']), pool(8, upTo(8), ['b'])];
    const cost: Cost = ([a, b]) => blocks(a! + b!);
    expect(narrowedWithin([8, 8], pools, cost, 1)).toEqual([4, 4]);
  });

  test('counts what is lost by layers', () => {
    const pools = [pool(16, [8, 16], ['a', 'b', 'c']), pool(16, [8, 16], ['d'])];
    const cost: Cost = ([a, b]) => 2 * a! + b!;
    expect(narrowedWithin([16, 16], pools, cost, 40)).toEqual([16, 8]);
  });
});
