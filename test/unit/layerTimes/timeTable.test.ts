import { expect, test } from 'vitest';
import { secondsByWidth, timesOf, type ShapeTimes } from '../../../src/layerTimes/timeTable';

const shape = { kernel: 3, height: 8, width: 8 };
const times: ShapeTimes = {
  ...shape,
  most: 8,
  pairs: [
    [2, 2, 50],
    [2, 4, 60],
    [2, 8, 80],
    [4, 4, 10],
    [4, 8, 20],
    [8, 8, 40],
  ],
};

test('measured widths have their times, in either direction', () => {
  const secondsOf = secondsByWidth(times);
  expect(secondsOf({ inputs: 4, outputs: 8 })).toBe(20);
  expect(secondsOf({ inputs: 8, outputs: 4 })).toBe(20);
});

test('others lie between the nearest measured ones of the same kind', () => {
  const secondsOf = secondsByWidth({ ...times, pairs: times.pairs.filter(([one, other]) => one !== 2 && other !== 2) });
  expect(secondsOf({ inputs: 6, outputs: 6 })).toBe((10 + 20 + 20 + 40) / 4);
  // No multiple of 4, where such a width was measured.
  expect(secondsByWidth(times)({ inputs: 6, outputs: 8 })).toBe(80);
});

test('outside of what was measured the nearest width counts', () => {
  const secondsOf = secondsByWidth(times);
  expect(secondsOf({ inputs: 1, outputs: 1 })).toBe(50);
  expect(secondsOf({ inputs: 12, outputs: 8 })).toBe(40);
});

test('of several times of a shape the smallest that reaches far enough are taken', () => {
  const wide = { ...times, most: 32 };
  const other = { ...times, height: 4 };
  expect(timesOf({ shapes: [wide, times, other] }, shape, 8)).toBe(times);
  expect(timesOf({ shapes: [times, wide] }, shape, 9)).toBe(wide);
  expect(timesOf({ shapes: [times, wide] }, shape, 33)).toBeUndefined();
});
