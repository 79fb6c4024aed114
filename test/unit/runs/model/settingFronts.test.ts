import { expect, test } from 'vitest';
import { frontSentence, settingFronts } from '../../../../src/runs/model/settingFronts';
import { runWithAccuracy as run } from '../../../fixtures/runWithAccuracy';

const [light, hard, worse] = [
  [run({ criterion: 'l1', seed: 1, rate: 0.3 }, 0.9), run({ criterion: 'l1', seed: 2, rate: 0.3 }, 0.92)],
  [run({ criterion: 'l1', seed: 1, rate: 0.5 }, 0.88)],
  [run({ criterion: 'l2', seed: 1, rate: 0.3 }, 0.89)],
];

test('settings that others beat in accuracy and cost are not on the front', () => {
  const [front, ...others] = settingFronts([...light, ...hard, ...worse]);
  expect(others).toEqual([]);
  expect(front).toMatchObject({ price: 'flops', judgedBy: 'test', known: 3 });
  expect(front!.members.map(({ words }) => words)).toEqual(['L1, rate 0.5', 'L1, rate 0.3']);
  expect(front!.members[1]!.gain).toBeCloseTo(0.91, 12);
  expect(frontSentence(front!)).toMatch(
    /^Pareto front of test accuracy against FLOPs left, the cheapest first: L1, rate 0\.5 \([\d.]+ % left, 88\.00 %\); L1, rate 0\.3 \([\d.]+ % left, 91\.00 %\)\. 1 of 3 settings is not on it\.$/,
  );
});

test('times count where certificates have measured them', () => {
  const certified = [0.3, 0.5].map((rate) => run({ criterion: 'l2', seed: 1, rate, certificate: {} }, 0.9));
  expect(settingFronts(certified).map(({ price, known }) => [price, known])).toEqual([
    ['flops', 2],
    ['time', 2],
  ]);
});

test('one setting alone has no front', () => {
  expect(settingFronts(light)).toEqual([]);
});
