import { isPruningTime, type Schedule } from './schedule';

/** Hard pruning: at the same times as soft pruning, but the mask only grows, and pruned filters stay zero. */
export const hard: Schedule = {
  id: 'hard',
  title: 'hard',
  pruningAfter: (epoch, plan) => (isPruningTime(epoch, plan) ? { share: 1, selection: 'grow' } : null),
  holds: () => true,
};
