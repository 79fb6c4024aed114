import { expect, test } from 'vitest';
import {
  millisecondsFromTo,
  percentage,
  plural,
  shortened,
  tickText,
  utcTime,
} from '../../../../src/reports/text/numbers';

test('numbers are written the same on every machine', () => {
  expect(percentage(-0.00001)).toBe('0.00');
  expect(percentage(-0.123, 1)).toBe('−12.3');
  expect(percentage(0 / 0)).toBe('–');
  expect(millisecondsFromTo(1234.5, 0.01234)).toBe('1,230 → 0.012\u202fms');
  expect(millisecondsFromTo(0, 1e300)).toBe('0 → 1.0e+300\u202fms');
  expect(tickText(0.5, 2)).toBe('0.50');
  expect(plural(1200, 'run')).toBe('1,200 runs');
  expect(utcTime('2026-11-24T09:30:59+01:00')).toBe('2026-11-24 08:30 UTC');
  expect(utcTime('yesterday')).toBe('–');
});

test('a long text loses its middle, never half a character', () => {
  expect(shortened('stage3.block3.conv2', 24)).toBe('stage3.block3.conv2');
  expect(shortened('abcdefghijkl', 9)).toBe('abcde…jkl');
  expect(shortened('😀'.repeat(5), 4)).toBe('😀😀…😀');
});
