import type * as vscode from 'vscode';

/** An object that owns other disposables and disposes of them with itself, in reverse order. */
export class Disposable implements vscode.Disposable {
  readonly #owned: vscode.Disposable[] = [];
  #disposed = false;

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    this.#disposed = true;
    for (const owned of this.#owned.splice(0).reverse()) owned.dispose();
  }

  /** Disposes of `owned` together with this object, or at once when this object is already disposed of. */
  protected own<Owned extends vscode.Disposable>(owned: Owned): Owned {
    if (this.#disposed) owned.dispose();
    else this.#owned.push(owned);
    return owned;
  }
}
