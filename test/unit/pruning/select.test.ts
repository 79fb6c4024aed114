import { expect, test } from 'vitest';
import { buildNetwork } from '../../../src/network/zoo';
import { prunableOf } from '../../../src/pruning/groups';
import { poolScores, selectMasks, type Masks } from '../../../src/pruning/select';
import { randomStream } from '../../../src/base/random';

const graph = buildNetwork('resnet20', { channels: 3, height: 32, width: 32 }, 10);
const coupled = prunableOf(graph, 'coupled');
const independent = prunableOf(graph, 'independent');
const random = randomStream(1, 'scores');
const scores = new Map(
  coupled.layers.map(({ name, filters }) => [name, Float64Array.from({ length: filters }, () => random.uniform())]),
);
const none: Masks = new Map();

test('the score of a group is the sum of its filters', () => {
  const pool = coupled.pools[0]!;
  const wanted = pool.layers.reduce((sum, layer) => sum + scores.get(layer)![5]!, 0);
  expect(poolScores(pool, scores)[5]).toBeCloseTo(wanted, 12);
});

test('layers that are coupled get one mask, from the sums', () => {
  const ranks = coupled.pools.map((pool) => poolScores(pool, scores));
  const pruned = coupled.pools.map((_, index) => (index === 0 ? 5 : 0));
  const masks = selectMasks(coupled, ranks, pruned, { selection: 'afresh', before: none });
  const stem = masks.get('stem.conv')!;
  expect(stem.filter((kept) => kept === 0)).toHaveLength(5);
  expect(masks.get('stage3.block2.conv2')!.subarray(0, 16)).toEqual(stem);
  const largestPruned = Math.max(...[...ranks[0]!].filter((_, group) => stem[group] === 0));
  const smallestKept = Math.min(...[...ranks[0]!].filter((_, group) => stem[group] === 1));
  expect(largestPruned).toBeLessThan(smallestKept);
});

test('a mask that only grows keeps out what was pruned, whatever its score is now', () => {
  const ranks = independent.pools.map((pool) => poolScores(pool, scores));
  const pruned = independent.pools.map(() => 4);
  const first = selectMasks(independent, ranks, pruned, { selection: 'grow', before: none });
  const turned = ranks.map((pool) => pool.map((score) => -score));
  const more = independent.pools.map(() => 6);
  const grown = selectMasks(independent, turned, more, { selection: 'grow', before: first });
  const fewer = selectMasks(
    independent,
    turned,
    pruned.map(() => 1),
    { selection: 'grow', before: first },
  );
  for (const [name, mask] of first) {
    expect(mask.every((kept, filter) => kept === 1 || grown.get(name)![filter] === 0)).toBe(true);
    expect(grown.get(name)!.filter((kept) => kept === 0)).toHaveLength(6);
    expect(fewer.get(name)).toEqual(mask);
  }
  const afresh = selectMasks(independent, turned, pruned, { selection: 'afresh', before: first });
  expect(afresh).not.toEqual(first);
});
