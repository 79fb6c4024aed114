import type { RunManifest } from '../model/format';
import { initialCheckpoint, type CheckpointManifest } from './checkpoints';
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

/**
 * The same for those who take its weights elsewhere. Throws a UserError when it is damaged, or when another one is whose manifest
 * can't be read: that one may be the best, and nobody is to take another for it.
 */
export function wholeBestCheckpoint(
  kept: readonly KeptCheckpoint[],
  config: RunManifest['config'],
): KeptCheckpoint | undefined {
  const best = bestCheckpoint(kept, config);
  const damage =
    best?.damage ?? kept.find(({ name, manifest }) => manifest === null && name !== initialCheckpoint)?.damage;
  if (damage) throw damage;
  return best;
}
