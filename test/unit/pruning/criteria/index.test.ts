import { expect, test } from 'vitest';
import { criteria as choices } from '../../../../src/config/choices';
import { criteria } from '../../../../src/pruning/criteria';

test('a config can name every criterion, each by its own id', () => {
  expect(Object.keys(criteria)).toEqual([...choices]);
  for (const [id, criterion] of Object.entries(criteria)) expect(criterion.id).toBe(id);
});
