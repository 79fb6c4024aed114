import { expect, test } from 'vitest';
import { prunesNothing } from '../../../src/config/prunesNothing';
import { runConfigSchema } from '../../../src/config/schema';

const isSaidOf = (pruning: object): boolean => prunesNothing(runConfigSchema.parse({ name: 'net', pruning }));

test('a config prunes nothing where all rates are 0 and nothing is to be reached', () => {
  expect(isSaidOf({ rate: 0 })).toBe(true);
  expect(isSaidOf({ rate: 0, layers: { 'stage1.*': { rate: 0 } } })).toBe(true);
});

test('a rate of a layer or a target prunes', () => {
  expect(isSaidOf({ rate: 0.1 })).toBe(false);
  expect(isSaidOf({ rate: 0, layers: { 'stage1.*': { rate: 0.2 } } })).toBe(false);
  expect(isSaidOf({ rate: 0, target: { parameters: 0.5 } })).toBe(false);
});
