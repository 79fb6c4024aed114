import { expect, it } from 'vitest';
import { runConfigSchema } from '../../../../src/config/schema';
import { learningRateOf } from '../../../../src/training/loop/learningRate';

it('follows the paper: a gentle first epoch, then a fifth at 60, 120 and 160', () => {
  const { training } = runConfigSchema.parse({ name: 'paper' });
  const rates = [0, 1, 59, 60, 119, 120, 159, 160, 199].map((epoch) => learningRateOf(training, epoch));
  expect(rates).toEqual([0.01, 0.1, 0.1, 0.02, 0.02, 0.004, 0.004, 0.0008, 0.0008]);
});

it('is the optimizer’s own without a schedule, and before its first step', () => {
  const constant = runConfigSchema.parse({ name: 'x', training: { learningRateSchedule: [] } }).training;
  expect(learningRateOf(constant, 7)).toBe(0.1);
  const late = runConfigSchema.parse({
    name: 'x',
    training: { optimizer: { learningRate: 0.3 }, learningRateSchedule: [{ epoch: 2, learningRate: 0.01 }] },
  }).training;
  expect([0, 1, 2].map((epoch) => learningRateOf(late, epoch))).toEqual([0.3, 0.3, 0.01]);
});
