import { UserError } from '../../base/errors';

/** When in training a loss was seen. Epochs count from 0, steps from 1. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
}

/** A network that guesses has a loss of ln(classes). Early steps at a large rate and steps right after a pruning reach 2 to 3 times that. */
const sane = 10;
/** Losses are averaged over so many steps, so that one bad batch does not stop a run. */
const window = 20;

const advice =
  'try a learning rate ten times smaller, or a warm-up: a small rate in epoch 0 (training.learningRateSchedule)';

/**
 * Stops a run that can no longer come to anything: a loss that is not a number or infinite, at once;
 * a mean over the last 20 steps above 10 * ln(classes), 23 for ten classes.
 */
export class LossWatch {
  readonly #limit: number;
  #recent: number[] = [];

  constructor(classes: number) {
    this.#limit = sane * Math.log(Math.max(classes, 2));
  }

  /** Takes the loss of a training step; throws a UserError when training has diverged. */
  check(loss: number, moment: Moment): void {
    if (!Number.isFinite(loss)) throw diverged(`the loss became ${lossInWords(loss)}`, moment);
    this.#recent = [...this.#recent.slice(1 - window), loss];
    const mean = this.#recent.reduce((sum, value) => sum + value, 0) / this.#recent.length;
    if (this.#recent.length === window && mean > this.#limit) {
      throw diverged(
        `the mean loss of ${window} steps is ${mean.toPrecision(3)}, more than ${this.#limit.toPrecision(3)} (${sane} times what guessing costs)`,
        moment,
      );
    }
  }
}

/** Throws a UserError when the loss of an evaluation is not finite, which training losses alone need not show. */
export function checkEvaluation(loss: number, moment: Moment): void {
  if (!Number.isFinite(loss)) throw diverged(`the loss on held-out images became ${lossInWords(loss)}`, moment);
}

function lossInWords(loss: number): string {
  return Number.isNaN(loss) ? 'NaN (not a number)' : 'infinite';
}

function diverged(what: string, { epoch, step, learningRate }: Moment): UserError {
  return new UserError(
    `Training diverged in epoch ${epoch + 1}, step ${step}, at learning rate ${learningRate}: ${what}; ${advice}.`,
  );
}
