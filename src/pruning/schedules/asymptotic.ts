import { isPruningTime, type Schedule } from './schedule';

/**
 * Asymptotic soft filter pruning (He et al., IEEE Transactions on Cybernetics 2019): soft, and the rate grows from 0 to the
 * final one, three quarters of it within the first eighth of the epochs.
 */
export const asymptotic: Schedule = {
  id: 'asymptotic',
  title: 'asymptotic',
  pruningAfter: (epoch, plan) => {
    if (!isPruningTime(epoch, plan)) return null;
    const share = asymptoticShare(epoch + 1, plan.epochs);
    return share > 0 ? { share, selection: 'afresh' } : null;
  },
  holds: () => false,
};

/**
 * Share of the final rate after `done` of `epochs` epochs: a * exp(-k * done) + b through (0, 0), (epochs / 8, 3/4) and
 * (epochs, 1); 0 to 1.
 */
export function asymptoticShare(done: number, epochs: number): number {
  if (done <= 0) return 0;
  if (done >= epochs) return 1;
  const decay = Math.exp(-decayPerRun);
  return (1 - Math.exp((-decayPerRun * done) / epochs)) / (1 - decay);
}

/** k * epochs: the positive root of (1 - exp(-x / 8)) = 3/4 * (1 - exp(-x)), which does not depend on the epochs. */
const decayPerRun = root((x) => 1 - Math.exp(-x / 8) - 0.75 * (1 - Math.exp(-x)), 5, 20);

/** Where a function that rises through zero between two points does so, by bisection to the last digit. */
function root(f: (x: number) => number, below: number, above: number): number {
  let [low, high] = [below, above];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
