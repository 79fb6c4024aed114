import { expect, test } from 'vitest';
import { maskOverlap, networkMaskOverlap } from '../../../src/pruning/maskOverlap';

test('masks overlap by the filters pruned in both over those pruned in either', () => {
  const a = Uint8Array.of(0, 0, 1, 1);
  const b = Uint8Array.of(0, 1, 0, 1);
  expect(maskOverlap(a, b)).toBeCloseTo(1 / 3);
  expect(maskOverlap(a, a)).toBe(1);
  expect(maskOverlap(Uint8Array.of(1), Uint8Array.of(1))).toBe(1);
  expect(
    networkMaskOverlap([
      [a, b],
      [a, a],
    ]),
  ).toBeCloseTo(3 / 5);
});
