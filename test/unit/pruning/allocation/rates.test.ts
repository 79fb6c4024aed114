import { describe, expect, test } from 'vitest';
import { layerMatcher, rateOf } from '../../../../src/pruning/allocation/rates';

describe('rates by layer', () => {
  const pruning = (layers: Record<string, { rate: number }>) => ({ rate: 0.3, layers });

  test('are the common one where nothing else matches', () => {
    expect(rateOf(pruning({}))('stem.conv')).toBe(0.3);
  });

  test('are those of the last pattern that matches', () => {
    const rate = rateOf(pruning({ 'stage3.*': { rate: 0.2 }, '*.conv1': { rate: 0.5 }, 'stem.conv': { rate: 0 } }));
    expect(rate('stage3.block1.conv2')).toBe(0.2);
    expect(rate('stage3.block1.conv1')).toBe(0.5);
    expect(rate('stem.conv')).toBe(0);
    expect(rate('stage1.block1.conv2')).toBe(0.3);
  });

  test('can serve as callbacks: a match is a boolean', () => {
    expect(['stem.conv', 'stage1.block1.conv1'].map(layerMatcher('stem.*'))).toEqual([true, false]);
  });
});
