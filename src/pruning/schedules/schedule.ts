/** What a schedule has to know of a run. Epochs count from 0. */
export interface EpochPlan {
  readonly epochs: number;
  /** Prune after every this many epochs. */
  readonly everyEpochs: number;
  /** For a schedule that prunes once: epochs trained before. */
  readonly pruneAfterEpochs: number;
  /** Whether a network is pruned before it is trained. */
  readonly pruneUntrained: boolean;
}

/** One pruning. */
export interface ScheduledPruning {
  /** Share of the final rate, above 0 to 1. */
  readonly share: number;
  /** `afresh`: all filters are ranked; `grow`: what is pruned stays pruned, more may be added. */
  readonly selection: 'afresh' | 'grow';
}

/** When filters are pruned, how hard, and what pruned ones may do until the next time. */
export interface Schedule {
  readonly id: string;
  /** For people: `soft`. */
  readonly title: string;
  /** The pruning after an epoch (-1: before training); null for none. */
  pruningAfter(epoch: number, plan: EpochPlan): ScheduledPruning | null;
  /** Whether pruned filters stay zero while an epoch trains; otherwise they may come back. */
  holds(epoch: number, plan: EpochPlan): boolean;
}

/** Before training, after every `everyEpochs`-th epoch starting with epoch 0, and after the last (SFP, algorithm 1). */
export function isPruningTime(epoch: number, { epochs, everyEpochs, pruneUntrained }: EpochPlan): boolean {
  if (epoch < 0) return pruneUntrained;
  return epoch % everyEpochs === 0 || epoch === epochs - 1;
}
