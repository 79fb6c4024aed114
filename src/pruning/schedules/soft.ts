import { isPruningTime, type Schedule } from './schedule';

/** Soft filter pruning (He et al., IJCAI 2018): chosen afresh from all filters each time; what is pruned may come back. */
export const soft: Schedule = {
  id: 'soft',
  title: 'soft',
  pruningAfter: (epoch, plan) => (isPruningTime(epoch, plan) ? { share: 1, selection: 'afresh' } : null),
  holds: () => false,
};
