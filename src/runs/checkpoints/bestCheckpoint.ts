import type { RunManifest } from '../model/format';
import type { CheckpointManifest } from './checkpoints';
import type { KeptCheckpoint } from './keptCheckpoints';

/** What decides between checkpoints at the end of an epoch. */
export type Contender = Pick<CheckpointManifest, 'epoch' | 'pruned' | 'share' | 'validation'>;

/**
 * Whether a checkpoint at the end of an epoch takes the place of the best so far, which a run tests at its end. Only a network
 * that is pruned by the final rate can be the best one: that of highest validation accuracy, and of equally good ones the
 * later, as it had more time to settle; without a validation part that of the last epoch.
 */
export function isBest(
  { epoch, pruned, share = 1, validation }: Contender,
  best: Pick<Contender, 'validation'> | null,
  config: RunManifest['config'],
): boolean {
  if (!pruned || share < 1) return false;
  if (config.data.validation === 0) return epoch === config.training.epochs - 1;
  return validation !== null && validation.accuracy >= (best?.validation?.accuracy ?? 0);
}

/** The best of the checkpoints that a run folder holds, in the order of training; undefined as long as there is none. */
export function bestCheckpoint(
  kept: readonly KeptCheckpoint[],
  config: RunManifest['config'],
): KeptCheckpoint | undefined {
  let best: KeptCheckpoint | undefined;
  for (const checkpoint of kept) {
    const { manifest } = checkpoint;
    if (manifest?.step === null && isBest(manifest, best?.manifest ?? null, config)) best = checkpoint;
  }
  return best;
}
