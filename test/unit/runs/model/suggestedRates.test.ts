import { describe, expect, it, test } from 'vitest';
import { asLayerRates, isComplete, suggestedRates } from '../../../../src/runs/model/suggestedRates';
import { plausibleSensitivity } from '../../../fixtures/plausibleSensitivity';

const whole = plausibleSensitivity();

function withAccuracies(accuracies: readonly number[], base = 0.9) {
  const pool = whole.pools[0]!;
  const points = pool.points.map((point, index) => ({ ...point, accuracy: accuracies[index] ?? 0.1 }));
  return { ...whole, base: { loss: 1, accuracy: base }, pools: [{ ...pool, points }] };
}

describe('suggestedRates', () => {
  it('takes the highest rate within the allowed drop', () => {
    const [suggested] = suggestedRates(withAccuracies([0.9, 0.895, 0.89, 0.889]), 0.01);
    expect(suggested).toMatchObject({ rate: 0.3, accuracy: 0.89, groups: 16, pruned: 4 });
  });

  it('takes a measured rate also where a lower one came out worse', () => {
    expect(suggestedRates(withAccuracies([0.8, 0.9]), 0.01)[0]).toMatchObject({ rate: 0.2 });
  });

  it('prunes nothing where every rate costs too much', () => {
    expect(suggestedRates(withAccuracies([0.5]), 0.01)[0]).toMatchObject({ rate: 0, pruned: 0, accuracy: 0.9 });
  });

  it('allows more with a larger drop', () => {
    for (const [index, small] of suggestedRates(whole, 0.005).entries())
      expect(suggestedRates(whole, 0.05)[index]!.rate).toBeGreaterThanOrEqual(small.rate);
  });
});

test('coupled layers get a pattern each', () => {
  const [pool] = whole.pools;
  const coupled = { ...whole, pools: [{ ...pool!, layers: ['one', 'two'] }] };
  const rate = suggestedRates(coupled, 0.01)[0]!.rate;
  expect(asLayerRates(suggestedRates(coupled, 0.01))).toEqual({ one: { rate }, two: { rate } });
});

test('it is complete when all pools are measured', () => {
  expect(isComplete(whole)).toBe(true);
  expect(isComplete(plausibleSensitivity({ measured: 3 }))).toBe(false);
});
