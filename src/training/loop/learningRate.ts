import type { RunConfig } from '../../config/schema';

/** Learning rate of an epoch: the newest step of the schedule that has begun, else the optimizer's own rate. */
export function learningRateOf(training: RunConfig['training'], epoch: number): number {
  const begun = training.learningRateSchedule.filter((step) => step.epoch <= epoch);
  return begun.at(-1)?.learningRate ?? training.optimizer.learningRate;
}
