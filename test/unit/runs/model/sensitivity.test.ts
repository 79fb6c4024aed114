import { expect, test } from 'vitest';
import { sensitivitySchema } from '../../../../src/runs/model/sensitivity';
import { plausibleSensitivity } from '../../../fixtures/plausibleSensitivity';

test('the format takes a measurement, and refuses what is not of it', () => {
  const whole = plausibleSensitivity();
  const { points, ...pool } = whole.pools[0]!;
  const withPoint = (changes: object) => ({ ...whole, pools: [{ ...pool, points: [{ ...points[0]!, ...changes }] }] });
  expect(sensitivitySchema.parse(whole)).toEqual(whole);
  expect(sensitivitySchema.safeParse(withPoint({ loss: null })).success).toBe(true);
  expect(sensitivitySchema.safeParse(withPoint({ accuracy: 1.5 })).success).toBe(false);
  expect(sensitivitySchema.safeParse(withPoint({ rate: 1 })).success).toBe(false);
  expect(sensitivitySchema.safeParse({ ...whole, formatVersion: 2 }).success).toBe(false);
});
