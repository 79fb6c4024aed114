import type { EpochPlan, Schedule } from '../../../../src/pruning/schedules';

/** What a schedule does in a run: `0.5!` prunes half of the final rate, growing; `|` is held until the next, `~` is not. */
export function story(schedule: Schedule, plan: Partial<EpochPlan> & { readonly epochs: number }): string {
  const whole = { everyEpochs: 1, pruneAfterEpochs: 0, pruneUntrained: true, ...plan };
  const after = (epoch: number): string => {
    const pruning = schedule.pruningAfter(epoch, whole);
    return pruning === null ? '-' : `${Number(pruning.share.toFixed(3))}${pruning.selection === 'grow' ? '!' : ''}`;
  };
  let told = after(-1);
  for (let epoch = 0; epoch < whole.epochs; epoch++)
    told += ` ${schedule.holds(epoch, whole) ? '|' : '~'} ${after(epoch)}`;
  return told;
}
