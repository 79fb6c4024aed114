import { UserError } from '../../base/errors';
import type { LayerRecord } from '../../runs/model/format';
import type { RunHistory } from '../../runs/model/history';
import { initialCheckpoint, readCheckpoint, type Checkpoint } from '../../runs/checkpoints/checkpoints';
import { bestCheckpoint } from '../../runs/checkpoints/bestCheckpoint';
import { keptCheckpoints, type KeptCheckpoint } from '../../runs/checkpoints/keptCheckpoints';
import { noSteps } from '../../runs/checkpoints/partialEpoch';
import { isPrunedAtEnd, type ResumePoint, type TrainingPosition } from '../loop/trainingPosition';

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
  const { manifest, state, importance } = newest.checkpoint;
  const position = positionOf(newest.checkpoint);
  const best = bestCheckpoint(readable, history.manifest.config);
  const unusable = kept.filter((each) => !readable.some(({ name }) => name === each.name));
  return {
    position,
    state,
    best: best?.manifest ? { epoch: best.manifest.epoch, validation: best.manifest.validation } : null,
    checkpoints: { kept: [...unusable, ...readable].map(({ name }) => name), best: best?.name ?? null },
    lastPruning: lastPruning(history, manifest.epoch, manifest.step === null || isPrunedAtEnd(position)),
    share: manifest.share ?? 1,
    importance,
    seconds: secondsOf(history, position),
  };
}

function positionOf({ manifest: { epoch, step, partial, pruned } }: Checkpoint): TrainingPosition {
  return step === null
    ? { epoch: epoch + 1, trained: noSteps, pruned, prunedAtEnd: false }
    : { epoch, trained: noSteps, ...partial, pruned };
}

/** Events may tell of prunings after the checkpoint, which are done again. */
function lastPruning({ prunings }: RunHistory, epoch: number, epochIncluded: boolean): readonly LayerRecord[] {
  const last = prunings.findLast(({ event }) => event.epoch < epoch || (epochIncluded && event.epoch === epoch));
  return last?.record?.layers ?? [];
}

/** A trainer that was killed could not say how long it had trained, but each of its epochs did. */
function secondsOf({ manifest, epochs }: RunHistory, { epoch, trained }: TrainingPosition): number {
  const done = epochs.filter((each) => each.epoch < epoch).reduce((sum, { seconds }) => sum + seconds, 0);
  return Math.max(done + trained.seconds, manifest.summary?.seconds ?? 0);
}
