import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import { checkEvaluation, LossWatch } from '../../../../src/training/loop/divergence';

const place = { epoch: 2, step: 17, learningRate: 0.5 };

function feed(watch: LossWatch, losses: readonly number[]): void {
  for (const loss of losses) watch.check(loss, place);
}

describe('LossWatch', () => {
  it.each([NaN, Infinity])('stops at once at a loss of %s and names epoch, step and learning rate', (loss) => {
    const check = (): void => {
      new LossWatch(10).check(loss, place);
    };
    expect(check).toThrow(UserError);
    expect(check).toThrow(/epoch 3, step 17, at learning rate 0\.5.*try a learning rate ten times smaller/);
  });

  it('bears a few bad steps, as right after a pruning', () => {
    expect(() => {
      feed(new LossWatch(10), [2.3, 400, 2.2, 7, 6, 5, 4, ...Array<number>(40).fill(2.3)]);
    }).not.toThrow();
  });

  it('stops when the mean of 20 steps is beyond ten times what guessing costs', () => {
    const justBelow = 10 * Math.log(10) - 0.1;
    expect(() => {
      feed(new LossWatch(10), Array<number>(100).fill(justBelow));
    }).not.toThrow();
    const watch = new LossWatch(10);
    feed(watch, Array<number>(19).fill(24));
    expect(() => {
      watch.check(24, place);
    }).toThrow(/mean loss of 20 steps is 24/);
  });
});

describe('checkEvaluation', () => {
  it('stops at a loss that is not finite', () => {
    expect(() => {
      checkEvaluation(NaN, place);
    }).toThrow(/held-out images became NaN/);
    expect(() => {
      checkEvaluation(1e6, place);
    }).not.toThrow();
  });
});
