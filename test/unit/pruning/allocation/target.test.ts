import { expect, test } from 'vitest';
import { rateForTarget } from '../../../../src/pruning/allocation/target';

test('finds the gentlest rate that leaves no more than the target', () => {
  const stairs = (rate: number) => 1 - Math.floor(rate * 10) / 10;
  const rate = rateForTarget({ kind: 'flops', left: 0.5 }, stairs);
  expect(stairs(rate)).toBeLessThanOrEqual(0.5);
  expect(rate).toBeCloseTo(0.5, 3);
  expect(rateForTarget({ kind: 'flops', left: 1 }, stairs)).toBe(0);
});

test('says what can be reached', () => {
  expect(() => rateForTarget({ kind: 'parameters', left: 0.05 }, () => 0.125)).toThrow(
    'pruning.target.parameters is 0.05, but the least that pruning can leave of the parameters is 0.125',
  );
});
