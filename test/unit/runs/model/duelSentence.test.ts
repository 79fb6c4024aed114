import { expect, test } from 'vitest';
import { duelSentence } from '../../../../src/runs/model/duelSentence';
import { pairedDifference } from '../../../../src/statistics/pairedDifference';

const sentence = (...differences: readonly number[]): string =>
  duelSentence({
    path: 'pruning.criterion',
    words: ['L1', 'L2'],
    pairs: [],
    judgedBy: 'test',
    result: pairedDifference(differences.map((difference) => [0, difference])),
  });

test.each([
  [
    [0.004, -0.001, 0.001],
    'L2 is better than L1 by 0.13 points of test accuracy, 95 % interval −0.49 to 0.76: 3 seeds cannot tell; about 30 would be needed.',
  ],
  [
    [-0.004, 0.001, -0.001],
    'L1 is better than L2 by 0.13 points of test accuracy, 95 % interval −0.49 to 0.76: 3 seeds cannot tell; about 30 would be needed.',
  ],
  [
    [0.01, 0.012, 0.011],
    'L2 is better than L1 by 1.10 points of test accuracy, 95 % interval 0.85 to 1.35, by 3 seeds.',
  ],
  [[0.01], 'L2 is better than L1 by 1.00 points of test accuracy, by 1 seed: one seed tells nothing of the spread.'],
  [
    [0.01, -0.01],
    'L1 and L2 have the same test accuracy in the mean, 95 % interval −12.71 to 12.71: 2 seeds cannot tell; hundreds would not be enough, or nothing differs.',
  ],
])('%j', (differences, expected) => {
  expect(sentence(...differences)).toBe(expected);
});
