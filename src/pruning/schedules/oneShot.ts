import type { Schedule } from './schedule';

/** Prune once, after `pruneAfterEpochs` epochs (0: before training), and fine-tune with what is left. */
export const oneShot: Schedule = {
  id: 'one-shot',
  title: 'one-shot and fine-tune',
  pruningAfter: (epoch, plan) => (epoch === pruningEpoch(plan) ? { share: 1, selection: 'afresh' } : null),
  holds: (epoch, plan) => epoch > pruningEpoch(plan),
};

function pruningEpoch({ epochs, pruneAfterEpochs }: { epochs: number; pruneAfterEpochs: number }): number {
  return Math.min(pruneAfterEpochs, epochs) - 1;
}
