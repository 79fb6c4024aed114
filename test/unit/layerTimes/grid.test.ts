import fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, isAligned, pairsToMeasure, widthsToMeasure } from '../../../src/layerTimes/grid';

test('up to 64 channels every multiple of 4 is measured, and some widths between', () => {
  expect(widthsToMeasure(16)).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
  expect(widthsToMeasure(64).filter(isAligned)).toHaveLength(16);
});

test('whatever the most channels are, widths ascend up to them, and are few', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), (most) => {
      const widths = widthsToMeasure(most);
      expect(widths.at(-1)).toBe(most);
      expect(widths).toEqual([...new Set(widths)].sort((a, b) => a - b));
      expect(widths[0]).toBeGreaterThan(0);
      expect(pairsToMeasure(most).length).toBeLessThan(260);
    }),
  );
});

test('a value lies between its neighbours, and outside of all at the nearest', () => {
  expect(between([4, 8, 16], 10)).toEqual({ low: 8, high: 16, share: 0.25 });
  expect(between([4, 8, 16], 8)).toEqual({ low: 8, high: 8, share: 0 });
  expect(between([4, 8, 16], 1)).toEqual({ low: 4, high: 4, share: 0 });
  expect(between([4, 8, 16], 99)).toEqual({ low: 16, high: 16, share: 0 });
});
