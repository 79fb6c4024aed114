import { expect, test } from 'vitest';
import { axisOver, placeOn } from '../../../../src/reports/figures/axis';

test('ticks are round numbers around the values, with as many decimals as they need', () => {
  expect(axisOver([61.2, 78.9])).toEqual({ low: 60, high: 80, ticks: [60, 65, 70, 75, 80], decimals: 0 });
  expect(axisOver([0.12, 0.31]).ticks).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
  expect(axisOver([0.12, 0.31]).decimals).toBe(2);
  // 6 times 0.05 is a little more than 0.3.
  expect(axisOver([0.34, 0.46], { ticks: 3 })).toMatchObject({ low: 0.3, ticks: [0.3, 0.35, 0.4, 0.45, 0.5] });
});

test('epochs have whole ticks, and accuracies end at 0 and 100', () => {
  expect(axisOver([1, 3], { isWhole: true }).ticks).toEqual([1, 2, 3]);
  expect(axisOver([99.2, 99.9], { most: 100 }).high).toBe(100);
  expect(axisOver([0.1, 2], { least: 0 }).low).toBe(0);
});

test.each([[[]], [[5]], [[0]], [[1e7, 1e7]], [[-3, -3]], [[1, 2 ** 40]]])(
  'values %j have a finite axis that holds them',
  (values) => {
    const { low, high, ticks } = axisOver(values);
    expect(low).toBeLessThan(high);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(20);
    for (const value of values) expect(value >= low && value <= high).toBe(true);
  },
);

test('values have their places between the ends, upwards too', () => {
  const place = placeOn({ low: 10, high: 20, ticks: [], decimals: 0 }, 300, 100);
  expect([10, 15, 20].map(place)).toEqual([300, 200, 100]);
});
