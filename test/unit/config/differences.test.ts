import { describe, expect, test } from 'vitest';
import { configDifferences } from '../../../src/config/differences';
import { runConfigSchema } from '../../../src/config/schema';

describe('differences of configs', () => {
  const run = (settings: object) => runConfigSchema.parse({ name: 'x', ...settings });

  test('name each setting that is not the same in all, but not the name', () => {
    const configs = [
      run({ name: 'a' }),
      run({ name: 'b', pruning: { criterion: 'l1', layers: { 'stem.*': { rate: 0 } } } }),
      run({ name: 'c', training: { seed: 2 } }),
    ];
    expect(configDifferences(configs)).toEqual([
      { path: 'training.seed', values: [1, 1, 2] },
      { path: 'pruning.criterion', values: ['l2', 'l1', 'l2'] },
      { path: 'pruning.layers', values: [{}, { 'stem.*': { rate: 0 } }, {}] },
    ]);
  });

  test('are none between equals', () => {
    expect(configDifferences([run({}), run({})])).toEqual([]);
  });
});
