import { expect, test } from 'vitest';
import { DisjointSets } from '../../../src/pruning/disjointSets';

test('keys are in one set if a chain of joins leads from one to the other', () => {
  const sets = new DisjointSets();
  sets.join('a', 'b');
  sets.join('c', 'd');
  sets.join('e', 'e');
  sets.join('b', 'd');
  const roots = ['a', 'b', 'c', 'd'].map((key) => sets.rootOf(key));
  expect(new Set(roots).size).toBe(1);
  expect(roots).not.toContain(sets.rootOf('e'));
  expect(sets.members().sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
});
