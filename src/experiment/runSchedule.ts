import type { RunConfig } from '../config/schema';
import { schedules, withSettling, type ScheduledPruning } from '../pruning/schedules';

/** A schedule for the epochs of one run. */
export interface RunSchedule {
  /** The pruning after an epoch (-1: before training); null for none. */
  pruningAfter(epoch: number): ScheduledPruning | null;
  /** Whether pruned filters stay zero while an epoch trains. */
  holds(epoch: number): boolean;
}

/** When a run prunes, and when what is pruned stays out. */
export function runSchedule({ training, pruning }: Pick<RunConfig, 'training' | 'pruning'>): RunSchedule {
  const schedule = withSettling(schedules[pruning.schedule], pruning.settleEpochs);
  const plan = {
    epochs: training.epochs,
    everyEpochs: pruning.everyEpochs,
    pruneAfterEpochs: pruning.pruneAfterEpochs,
    // A channel that all coupled layers lose before anything is trained gives ReLU(0), which lets no gradient through: it
    // could never come back.
    pruneUntrained: pruning.groups === 'independent' || training.initialWeights !== null,
  };
  return {
    pruningAfter: (epoch) => schedule.pruningAfter(epoch, plan),
    holds: (epoch) => schedule.holds(epoch, plan),
  };
}
