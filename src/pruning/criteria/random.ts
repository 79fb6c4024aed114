import type { Criterion } from './criterion';

/** No evidence at all, for comparison: uniform random numbers that follow from the run's seed, the layer and the epoch. */
export const random: Criterion = {
  id: 'random',
  title: 'random',
  needs: 'nothing',
  score: ({ weights, random: stream }) => {
    const numbers = stream();
    return Float64Array.from({ length: weights.shape[0]! }, () => numbers.uniform());
  },
};
