import { expect, test } from 'vitest';
import { spreadOf } from '../../../../src/engines/latency/spread';

test('quantiles lie between neighbours', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({
    runs: 4,
    lowest: 1,
    lowerQuartile: 1.75,
    median: 2.5,
    upperQuartile: 3.25,
    highest: 4,
  });
  expect(spreadOf([7])).toMatchObject({ lowest: 7, median: 7, highest: 7 });
});
