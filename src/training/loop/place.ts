import type { NetworkState } from '../../network/state';
import type { EarlierCheckpoints } from '../../runs/checkpoints/checkpoints';
import type { PartialEpoch } from '../../runs/checkpoints/partialEpoch';
import type { LayerRecord, Score } from '../../runs/model/format';

/** Where a run stands: at the beginning of an epoch, or with a part of it done. */
export interface Place extends PartialEpoch {
  readonly epoch: number;
  /** Whether the network was pruned since its last step. */
  readonly pruned: boolean;
}

/** What a run that goes on starts with. */
export interface ResumePoint {
  readonly place: Place;
  readonly state: NetworkState;
  /** The best epoch so far and its validation score. */
  readonly best: { readonly epoch: number; readonly score: Score | null } | null;
  readonly checkpoints: EarlierCheckpoints;
  /** Scores and masks of the pruning before; empty where they are not recorded. */
  readonly lastPruning: readonly LayerRecord[];
  /** Of training before. */
  readonly seconds: number;
}

/** Whether an epoch's own pruning is done, and only its end is missing. */
export function isPrunedAtEnd({ pruned, before }: Place): boolean {
  return pruned && before !== undefined;
}
