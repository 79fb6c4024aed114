import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { Disposable } from './disposable';

/** That a part of the extension could not be set up. */
class PartFailure extends UserError {
  override readonly name = 'PartFailure';
}

/**
 * The parts of the extension, each set up in a guard of its own: one that fails is told of once, and takes only those along that
 * need it. A part is made when it is first asked for.
 */
export class Parts extends Disposable {
  readonly #parts: (() => unknown)[] = [];

  /** `tell` is told of every part that fails, with why. */
  constructor(private readonly tell: (failure: UserError, cause: unknown) => void) {
    super();
  }

  /** Names a part, which begins a sentence, and returns how to get it. Getting one that failed throws a UserError that says so. */
  name<Part extends vscode.Disposable>(what: string, make: () => Part): () => Part {
    let outcome: { readonly part: Part } | { readonly failure: PartFailure } | null = null;
    const get = (): Part => {
      outcome ??= this.#made(what, make);
      if ('failure' in outcome) throw outcome.failure;
      return outcome.part;
    };
    this.#parts.push(get);
    return get;
  }

  /** Makes all parts, in the order in which they were named. */
  setUp(): void {
    for (const get of this.#parts)
      try {
        get();
      } catch (error) {
        if (!(error instanceof PartFailure)) throw error;
      }
  }

  #made<Part extends vscode.Disposable>(what: string, make: () => Part): { part: Part } | { failure: PartFailure } {
    try {
      return { part: this.own(make()) };
    } catch (error) {
      // Another part, which this one needs, has been told of already.
      if (error instanceof PartFailure) return { failure: error };
      const why = error instanceof Error ? error.message : String(error);
      const failure = new PartFailure(vscode.l10n.t('{0} could not be set up: {1}', what, why), { cause: error });
      this.tell(failure, error);
      return { failure };
    }
  }
}
