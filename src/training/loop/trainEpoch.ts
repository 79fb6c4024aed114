import type { Batch, CompiledNetwork } from '../../engines/engine';
import type { EpochTotals } from '../../runs/checkpoints/partialEpoch';
import type { Evaluation } from '../../runs/model/format';
import type { LossWatch } from './divergence';

/** Of so many steps the losses are kept one by one: enough to compare with another implementation. */
const firstSteps = 20;

export interface EpochOptions {
  readonly epoch: number;
  /** Index of the epoch's first step among all steps of the training. */
  readonly firstStep: number;
  readonly learningRate: number;
  /** Of the steps before those of `batches`, in an epoch that goes on. */
  readonly done: EpochTotals;
  readonly watch: LossWatch;
  readonly signal: AbortSignal;
  /** Called after each step with the totals so far and the loss of this step. */
  readonly onStep: (totals: EpochTotals, loss: number) => void;
}

/** One optimisation step for each batch. Throws the reason of `signal` after the step in which it was aborted. */
export async function trainEpoch(
  network: CompiledNetwork,
  batches: AsyncIterable<Batch>,
  { epoch, firstStep, learningRate, done, watch, signal, onStep }: EpochOptions,
): Promise<EpochTotals> {
  const begin = performance.now();
  let totals = done;
  for await (const batch of batches) {
    const { loss, correct } = await network.step(batch, learningRate, firstStep + totals.steps);
    totals = {
      steps: totals.steps + 1,
      images: totals.images + batch.count,
      loss: totals.loss + loss * batch.count,
      correct: totals.correct + correct,
      seconds: done.seconds + (performance.now() - begin) / 1000,
      firstLosses: totals.steps < firstSteps ? [...totals.firstLosses, loss] : totals.firstLosses,
    };
    watch.check(loss, { epoch, step: totals.steps, learningRate });
    onStep(totals, loss);
    signal.throwIfAborted();
  }
  return totals;
}

/** Mean over the steps, each from before its update, as frameworks report it. */
export function evaluationOf({ images, loss, correct }: EpochTotals): Evaluation {
  return { loss: loss / images, accuracy: correct / images };
}
