/** Images per second are taken over so many seconds of training. */
const windowSeconds = 10;
/** Until an evaluation was timed: a forward pass costs about a third of a training step. */
export const assumedEvaluationSpeedup = 3;

interface Mark {
  readonly seconds: number;
  readonly images: number;
}

/** Speed of training steps over a sliding window. Only the time between `begin` and the steps after it counts, never evaluation. */
export class Pace {
  #marks: Mark[] = [{ seconds: 0, images: 0 }];
  #lastTick = 0;

  /** A training phase begins: what happened since the last step is not its time. */
  begin(now: number): void {
    this.#lastTick = now;
  }

  /** A step on `images` images has ended; `now` in milliseconds. */
  step(images: number, now: number): void {
    const last = this.#latest();
    const mark = { seconds: last.seconds + (now - this.#lastTick) / 1000, images: last.images + images };
    this.#lastTick = now;
    this.#marks.push(mark);
    while ((this.#marks[1]?.seconds ?? Infinity) <= mark.seconds - windowSeconds) this.#marks.shift();
  }

  /** Images per second; 0 before the first step. */
  imagesPerSecond(): number {
    const first = this.#marks[0]!;
    const last = this.#latest();
    return last.seconds > first.seconds ? (last.images - first.images) / (last.seconds - first.seconds) : 0;
  }

  #latest(): Mark {
    return this.#marks.at(-1)!;
  }
}

/** Speed of evaluation over all of a run. */
export class EvaluationPace {
  #images = 0;
  #seconds = 0;

  add(images: number, seconds: number): void {
    this.#images += images;
    this.#seconds += seconds;
  }

  /** Images per second, guessed from the speed of training until something was measured. */
  imagesPerSecond(training: number): number {
    return this.#seconds > 0 ? this.#images / this.#seconds : training * assumedEvaluationSpeedup;
  }
}

/** Seconds until the end of the run, evaluations included; null before anything is known. */
export function secondsLeft(
  work: { readonly trainingImages: number; readonly evaluationImages: number },
  training: number,
  evaluation: EvaluationPace,
): number | null {
  if (training <= 0) return null;
  return work.trainingImages / training + work.evaluationImages / evaluation.imagesPerSecond(training);
}
