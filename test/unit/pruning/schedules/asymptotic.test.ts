import { describe, expect, test } from 'vitest';
import { asymptotic, asymptoticShare } from '../../../../src/pruning/schedules/asymptotic';
import { story } from './story';

describe('the share of the final rate', () => {
  // Of the ASFP paper's formula for 200 epochs and a rate of 0.3.
  test.each([
    [1, 0.016182],
    [5, 0.072642],
    [10, 0.127694],
    [25, 0.225],
    [50, 0.281253],
    [100, 0.298832],
    [200, 0.3],
  ])('after %d of 200 epochs makes a rate of %d', (done, rate) => {
    expect(0.3 * asymptoticShare(done, 200)).toBeCloseTo(rate, 6);
  });

  test('is nothing before training and all at the end, to the last bit', () => {
    expect([asymptoticShare(0, 7), asymptoticShare(7, 7)]).toEqual([0, 1]);
  });
});

test('prunes softly and harder every time, not before training', () => {
  expect(story(asymptotic, { epochs: 8 })).toBe('- ~ 0.75 ~ 0.938 ~ 0.984 ~ 0.996 ~ 0.999 ~ 1 ~ 1 ~ 1');
});
