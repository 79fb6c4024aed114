import type { NetworkState } from '../../network/state';
import type { EarlierCheckpoints, SavedImportance } from '../../runs/checkpoints/checkpoints';
import type { PartialEpoch } from '../../runs/checkpoints/partialEpoch';
import type { Evaluation, LayerRecord } from '../../runs/model/format';

/** How far training has come: to the beginning of an epoch, or within it, with a part of it done. */
export interface TrainingPosition extends PartialEpoch {
  readonly epoch: number;
  /** Whether the network was pruned since its last step. */
  readonly pruned: boolean;
}

/** What a run that goes on starts with. */
export interface ResumePoint {
  readonly position: TrainingPosition;
  readonly state: NetworkState;
  /** The epoch of the best checkpoint so far, and its accuracy and loss on the validation part. */
  readonly best: { readonly epoch: number; readonly validation: Evaluation | null } | null;
  readonly checkpoints: EarlierCheckpoints;
  /** Masks of the pruning before; empty where nothing tells them any more. */
  readonly lastPruning: readonly Pick<LayerRecord, 'name' | 'mask'>[];
  /** Share of the final rate at the pruning before. */
  readonly share: number;
  /** Importance of filters added up since then; null where the criterion needs none. */
  readonly importance: SavedImportance | null;
  /** Of training before. */
  readonly seconds: number;
}

/** Whether an epoch's own pruning is done, and only its end is missing. */
export function isPrunedAtEnd({ pruned, before, prunedAtEnd }: TrainingPosition): boolean {
  return prunedAtEnd ?? (pruned && before !== undefined);
}
