import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiplesUpTo, roundedKept } from '../../../../src/pruning/allocation/roundTo';

const total = (kept: readonly number[]) => kept.reduce((sum, count) => sum + count, 0);

test('multiples go up to the whole pool, and never down to none', () => {
  expect(multiplesUpTo(32, 8)).toEqual([8, 16, 24, 32]);
  expect(multiplesUpTo(20, 8)).toEqual([8, 16, 20]);
  expect(multiplesUpTo(5, 8)).toEqual([5]);
});

test('every pool takes an allowed number next to what it should be', () => {
  const pools = fc.array(
    fc
      .integer({ min: 1, max: 64 })
      .chain((size) => fc.record({ size: fc.constant(size), kept: fc.integer({ min: 1, max: size }) })),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(pools, fc.integer({ min: 1, max: 16 }), (some, multiple) => {
      const allowed = some.map(({ size }) => multiplesUpTo(size, multiple));
      const rounded = roundedKept(
        some.map(({ kept }) => kept),
        allowed,
        total,
      );
      for (const [index, count] of rounded.entries()) {
        expect(allowed[index]).toContain(count);
        expect(Math.abs(count - some[index]!.kept)).toBeLessThan(Math.max(multiple, allowed[index]![0]!));
      }
    }),
  );
});

test('the cost stays near what was wanted, where rounding each to the nearest would add up', () => {
  // Eight pools of 11 of 16: each is nearest to 8, and together they would keep 64 where 88 are wanted.
  const kept = Array.from({ length: 8 }, () => 11);
  const rounded = roundedKept(
    kept,
    kept.map(() => multiplesUpTo(16, 8)),
    total,
  );
  expect(total(rounded)).toBe(88);
});
