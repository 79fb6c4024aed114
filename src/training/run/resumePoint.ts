import { UserError } from '../../base/errors';
import type { LayerRecord } from '../../runs/model/format';
import type { RunHistory } from '../../runs/model/history';
import { initialCheckpoint, readCheckpoint, type Checkpoint } from '../../runs/checkpoints/checkpoints';
import { bestCheckpoint, keptCheckpoints, type KeptCheckpoint } from '../../runs/checkpoints/keptCheckpoints';
import { noSteps } from '../../runs/checkpoints/partialEpoch';
import { isPrunedAtEnd, type Place, type ResumePoint } from '../loop/place';

export interface Resumption {
  /** Null where nothing is left to go on from: the run begins anew. */
  readonly point: ResumePoint | null;
  /** What was found wrong, a sentence each. */
  readonly warnings: readonly string[];
}

interface Readable extends KeptCheckpoint {
  readonly checkpoint: Checkpoint;
}

/**
 * The newest checkpoint of a run that is whole, and what else the run needs to go on as if it had never stopped. Every
 * checkpoint is verified by its hashes; damaged ones are passed over, with a warning.
 */
export async function findResumePoint(history: RunHistory, runFolder: string): Promise<Resumption> {
  const kept = (await keptCheckpoints(runFolder)).filter(({ name }) => name !== initialCheckpoint);
  const readable: Readable[] = [];
  const warnings: string[] = [];
  for (const each of kept) {
    const checkpoint = await verified(each);
    if ('warning' in checkpoint) warnings.push(checkpoint.warning);
    else readable.push({ ...each, checkpoint });
  }
  const newest = readable.at(-1);
  if (!newest) return { point: null, warnings };
  return { point: pointAt(newest, kept, readable, history), warnings };
}

async function verified({ folder, name }: KeptCheckpoint): Promise<Checkpoint | { readonly warning: string }> {
  try {
    const checkpoint = await readCheckpoint(folder);
    const { step, partial } = checkpoint.manifest;
    if (step === null || partial !== undefined) return checkpoint;
    return {
      warning: `${name} was saved by a version of SFP Lab that could not go on within an epoch; it is passed over.`,
    };
  } catch (error) {
    if (error instanceof UserError) return { warning: `${error.message} It is passed over.` };
    throw error;
  }
}

function pointAt(
  newest: Readable,
  kept: readonly KeptCheckpoint[],
  readable: readonly Readable[],
  history: RunHistory,
): ResumePoint {
  const { manifest, state } = newest.checkpoint;
  const place = placeOf(newest.checkpoint);
  const best = bestCheckpoint(readable, history.manifest.config);
  const unusable = kept.filter((each) => !readable.some(({ name }) => name === each.name));
  return {
    place,
    state,
    best: best?.manifest ? { epoch: best.manifest.epoch, score: best.manifest.validation } : null,
    checkpoints: { kept: [...unusable, ...readable].map(({ name }) => name), best: best?.name ?? null },
    lastPruning: lastPruning(history, manifest.epoch, manifest.step === null || isPrunedAtEnd(place)),
    seconds: secondsOf(history, place),
  };
}

function placeOf({ manifest: { epoch, step, partial, pruned } }: Checkpoint): Place {
  return step === null
    ? { epoch: epoch + 1, trained: noSteps, pruned }
    : { epoch, trained: noSteps, ...partial, pruned };
}

/** Events may tell of prunings after the checkpoint, which are done again. */
function lastPruning({ prunings, records }: RunHistory, epoch: number, epochIncluded: boolean): readonly LayerRecord[] {
  const last = prunings.findLast((pruning) => pruning.epoch < epoch || (epochIncluded && pruning.epoch === epoch));
  return last ? (records[last.record]?.layers ?? []) : [];
}

/** A trainer that was killed could not say how long it had trained, but each of its epochs did. */
function secondsOf({ manifest, epochs }: RunHistory, { epoch, trained }: Place): number {
  const done = epochs.filter((each) => each.epoch < epoch).reduce((sum, { seconds }) => sum + seconds, 0);
  return Math.max(done + trained.seconds, manifest.summary?.seconds ?? 0);
}
