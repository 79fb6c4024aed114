import type { Schedule } from './schedule';

/**
 * A schedule whose last `settleEpochs` epochs train with the masks held: it prunes for the last time before them, by the
 * final rate. An option of ours, not of the papers; 0 leaves the schedule as it is.
 */
export function withSettling(schedule: Schedule, settleEpochs: number): Schedule {
  if (settleEpochs === 0) return schedule;
  return {
    id: schedule.id,
    title: schedule.title,
    pruningAfter: (epoch, plan) => {
      const last = Math.max(-1, plan.epochs - 1 - settleEpochs);
      if (epoch > last) return null;
      const shortened = { ...plan, epochs: last + 1 };
      if (epoch < last) return schedule.pruningAfter(epoch, shortened);
      return { share: 1, selection: schedule.holds(epoch, shortened) ? 'grow' : 'afresh' };
    },
    holds: (epoch, plan) => epoch >= plan.epochs - settleEpochs || schedule.holds(epoch, plan),
  };
}
