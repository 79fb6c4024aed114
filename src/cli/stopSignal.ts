import { UserError } from '../base/errors';

/** The user ended a command with Ctrl-C, or the system did: exit code 130. */
export class Interrupted extends UserError {
  override readonly name = 'Interrupted';

  constructor() {
    super('Stopped.');
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ctrl-C as an AbortSignal; a second one ends the process at once. */
export class StopSignal {
  readonly #controller = new AbortController();
  readonly #onSignal = (): void => {
    if (this.signal.aborted) process.exit(130);
    this.#controller.abort(new Interrupted());
  };

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    for (const name of signals) process.off(name, this.#onSignal);
  }
}
