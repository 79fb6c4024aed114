import { setImmediate } from 'node:timers/promises';

/** Long enough for the work to be worth its pause, short enough that nobody notices. */
const workMilliseconds = 8;

/** For long work in small steps: lets everything else that waits have its turn, once the work has gone on for some milliseconds. */
export class Breather {
  #began = performance.now();

  /** To be awaited between two steps. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#began < workMilliseconds) return;
    await setImmediate();
    this.#began = performance.now();
  }
}
