import fc from 'fast-check';
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

describe('a pattern', () => {
  const matched = (pattern: string, names: readonly string[]) => names.filter(layerMatcher(pattern));

  test.each([
    ['stem.conv', ['stem.conv']],
    ['*', ['', 'stem.conv', 'stage1.block1.conv1']],
    ['*.conv1', ['stage1.block1.conv1']],
    ['stage*.conv1', ['stage1.block1.conv1']],
    ['st*m*o*v', ['stem.conv']],
    ['stem.*conv', ['stem.conv']],
    ['', ['']],
  ])('%j has stars that stand for any text, dots and nothing included', (pattern, names) => {
    expect(matched(pattern, ['', 'stem.conv', 'stage1.block1.conv1'])).toEqual(names);
  });

  test.each([
    'stem?conv',
    'st[e]m.conv',
    '{stem,head}.conv',
    '+(stem).conv',
    '!head.conv',
    '/stem.conv/',
    '\\stem.conv',
  ])('%j takes every other character for itself', (pattern) => {
    expect(matched(pattern, ['stem.conv'])).toEqual([]);
    expect(matched(pattern, [pattern])).toEqual([pattern]);
  });

  test('cannot keep anybody waiting: there is nothing that goes back over a name', () => {
    const name = 'a'.repeat(100_000);
    expect(layerMatcher('(([a-z0-9.]+)+)+X')(name)).toBe(false);
    expect(layerMatcher(`${'*a'.repeat(100)}*X`)(name)).toBe(false);
    expect(layerMatcher('x'.repeat(70_000))(name)).toBe(false);
  });

  test('matches as the regular expression that it stands for', () => {
    const text = (letters: string, maxLength: number) =>
      fc.string({ unit: fc.constantFrom(...letters.split(' ')), maxLength });
    fc.assert(
      fc.property(text('a b . *', 8), text('a b .', 12), (pattern, name) => {
        const expression = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
        expect(layerMatcher(pattern)(name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { seed: 8, numRuns: 2000 },
    );
  });
});
