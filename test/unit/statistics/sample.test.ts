import { expect, test } from 'vitest';
import { meanInterval, statistic, studentQuantile } from '../../../src/statistics/sample';

test.each([
  [[1, 2, 3, 4], { mean: 2.5, deviation: Math.sqrt(5 / 3), count: 4 }],
  [[0.5, null], { mean: 0.5, deviation: null, count: 1 }],
  [[null], null],
  [[], null],
])('the statistic of %j is %j', (values, expected) => {
  expect(statistic(values)).toEqual(expected);
});

// From the table in every textbook; R's qt gives the same.
test.each([
  [0.975, 1, 12.7062],
  [0.975, 2, 4.30265],
  [0.975, 9, 2.26216],
  [0.8, 4, 0.94096],
  [0.975, 1e6, 1.95997],
])('the quantile %f of Student’s t with %f degrees of freedom is %f', (probability, degrees, expected) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 4);
});

test('the interval of a mean is Student’s', () => {
  // Student's own data (1908): additional hours of sleep by one drug over another, as in R's t.test(sleep).
  const extra = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
  const interval = meanInterval(statistic(extra)!)!;
  expect(interval.low).toBeCloseTo(0.7001, 4);
  expect(interval.high).toBeCloseTo(2.4599, 4);
  expect(meanInterval(statistic([1])!)).toBeNull();
});
