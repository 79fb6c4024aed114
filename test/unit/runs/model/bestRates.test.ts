import { describe, expect, test } from 'vitest';
import { bestRates } from '../../../../src/runs/model/bestRates';
import { bestRateSentence } from '../../../../src/runs/model/bestRateSentence';
import type { RunHistory } from '../../../../src/runs/model/history';
import { runWithAccuracy as run } from '../../../fixtures/runWithAccuracy';

const seeds = [1, 2, 3];
const accuracies = [0.9, 0.91, 0.92];
const dense = seeds.map((seed, index) =>
  run({ criterion: 'l1', seed, rate: 0, baseline: { of: 'other', kind: 'dense' } }, accuracies[index]!),
);
/** Each seed loses so much. */
const pruned = (rate: number, drops: readonly number[]): RunHistory[] =>
  seeds.map((seed, index) => run({ criterion: 'l1', seed, rate }, accuracies[index]! - drops[index]!));

const runs = [
  ...pruned(0.3, [0.001, 0.0012, 0.0011]),
  ...dense,
  ...pruned(0.5, [0.02, 0.03, 0.025]),
  ...pruned(0.4, [0.001, 0.008, 0.003]),
];

describe('the highest rate for a drop', () => {
  test('in the mean is not the one that is certain', () => {
    const [best, ...others] = bestRates(runs, 0.005);
    expect(others).toEqual([]);
    expect(best).toMatchObject({ words: '', judgedBy: 'test', inTheMean: { rate: 0.4 }, forCertain: { rate: 0.3 } });
    expect(best!.inTheMean!.result.difference.mean).toBeCloseTo(-0.004, 12);
    expect(bestRateSentence(best!, 0.005)).toBe(
      'Rate 0.4 is the highest that costs at most 0.50 points of test accuracy in the mean: 0.40, 95 % interval −0.50 to 1.30, by 3 seeds. For certain it is rate 0.3.',
    );
  });

  test('can be both, one without any, or none', () => {
    expect(bestRates(runs, 0.0015)[0]).toMatchObject({ inTheMean: { rate: 0.3 }, forCertain: { rate: 0.3 } });
    expect(bestRateSentence(bestRates(runs, 0.0015)[0]!, 0.0015)).toMatch(/Its interval is within that, too\.$/);
    expect(bestRates(runs, 0.0011 + 1e-9)[0]).toMatchObject({ inTheMean: { rate: 0.3 }, forCertain: null });
    const [none] = bestRates(runs, 0);
    expect(none).toMatchObject({ inTheMean: null, forCertain: null });
    expect(bestRateSentence(none!, 0)).toBe(
      'No rate that was tried costs at most 0.00 points of test accuracy in the mean.',
    );
  });

  test('is told for each of the settings, against the dense network of their seeds, whatever that would be pruned by', () => {
    const others = seeds.map((seed) => run({ criterion: 'l2', seed, rate: 0.3 }, 0.9));
    expect(bestRates([...runs, ...others], 0.005).map(({ words }) => words)).toEqual(['L1', 'L2']);
    const longer = seeds.map((seed) => run({ criterion: 'l2', seed, rate: 0.3, epochs: 99 }, 0.9));
    expect(bestRates([...runs, ...longer], 0.005).map(({ words }) => words)).toHaveLength(1);
    const oneDense = run({ criterion: 'l1', seed: 1, rate: 0 }, 0.901);
    const [told] = bestRates([...others, oneDense], 0.005);
    expect(told).toMatchObject({ inTheMean: { rate: 0.3 }, forCertain: null });
    expect(bestRateSentence(told!, 0.005)).toBe(
      'With L2, rate 0.3 is the highest that costs at most 0.50 points of test accuracy in the mean: 0.10, by 1 seed. One seed tells nothing of the spread.',
    );
  });

  test('needs a dense network', () => {
    expect(
      bestRates(
        runs.filter(({ manifest }) => !manifest.baseline),
        0.005,
      ),
    ).toEqual([]);
  });
});
