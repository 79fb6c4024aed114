import { expect, test } from 'vitest';
import type { Pool } from '../../../src/pruning/groups';
import { lastFilterSentence, poolsOfOneGroup } from '../../../src/pruning/lastFilters';

const pool = (name: string, size: number): Pool => ({
  name,
  layers: [name],
  groups: Array.from({ length: size }, (_, filter) => [{ layer: name, filter }]),
});

test('pools of which one group is left are those that had more', () => {
  const pools = [pool('a', 8), pool('b', 1), pool('c', 2), pool('d', 4)];
  expect(poolsOfOneGroup(pools, [1, 1, 2, 1])).toEqual(['a', 'd']);
  expect(poolsOfOneGroup(pools, [2, 1, 2, 4])).toEqual([]);
});

test('they are told in a sentence', () => {
  expect(lastFilterSentence(['a', 'd'])).toBe(
    'One filter is left in a, d: pruning leaves at least one, whatever the rate.',
  );
});
