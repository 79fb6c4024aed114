import type { Batch, CompiledNetwork } from '../engines/engine';
import type { Score } from '../runs/format';
import type { LossWatch } from './divergence';

/** Of so many steps the losses are kept one by one: enough to compare with another implementation. */
const firstSteps = 20;

export interface EpochOptions {
  readonly epoch: number;
  readonly learningRate: number;
  readonly watch: LossWatch;
  readonly signal: AbortSignal;
  /** Called after each step with the number of steps done in this epoch. */
  readonly onStep: (step: number, loss: number) => void;
}

export interface TrainedEpoch {
  /** Mean over the steps, each from before its update, as frameworks report it. */
  readonly score: Score;
  /** Losses of the first 20 steps. */
  readonly firstLosses: readonly number[];
  readonly seconds: number;
  readonly images: number;
}

/** One optimisation step for each batch. Throws the reason of `signal` after the step in which it was aborted. */
export async function trainEpoch(
  network: CompiledNetwork,
  batches: AsyncIterable<Batch>,
  { epoch, learningRate, watch, signal, onStep }: EpochOptions,
): Promise<TrainedEpoch> {
  const begin = performance.now();
  const totals = { steps: 0, images: 0, loss: 0, correct: 0 };
  const firstLosses: number[] = [];
  for await (const batch of batches) {
    const { loss, correct } = await network.step(batch, learningRate);
    if (totals.steps < firstSteps) firstLosses.push(loss);
    totals.steps += 1;
    totals.images += batch.count;
    totals.loss += loss * batch.count;
    totals.correct += correct;
    watch.check(loss, { epoch, step: totals.steps, learningRate });
    onStep(totals.steps, loss);
    signal.throwIfAborted();
  }
  return {
    score: { loss: totals.loss / totals.images, accuracy: totals.correct / totals.images },
    firstLosses,
    seconds: (performance.now() - begin) / 1000,
    images: totals.images,
  };
}
