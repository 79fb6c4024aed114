import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { withCancellableProgress, type Progress } from './cancellableProgress';
import { Disposable } from './disposable';
import { runJsonCommand } from './jsonCommand';
import { trainingNode } from './runs/trainingProcess';

export interface ShownCommand {
  /** Of the notification that shows its progress. */
  readonly title: string;
  readonly args: readonly string[];
  /** What is done once at a time; a second one with the same key is refused. */
  readonly key: string;
  /** The sentence that refuses it. */
  readonly busy: string;
  /** A run's folder: the command is run in it, with the settings that hold for it. */
  readonly folder: string;
  /** A line that the command printed, or undefined where it is not JSON. */
  readonly onLine: (value: unknown, progress: Progress) => void;
}

/**
 * Runs commands of `sfp`, each in a process of its own and with its progress in a notification. The extension loads no engine:
 * whatever computes is started like this. Commands under way are cancelled with their window, as nobody would see their end.
 */
export class CommandLine extends Disposable {
  readonly #underWay = new Map<string, AbortController>();

  constructor(private readonly extension: Pick<vscode.Extension<unknown>, 'extensionPath'>) {
    super();
  }

  /** Returns whether it was done, and false when it was cancelled. Throws a UserError with what the command says when it fails. */
  async run({ title, args, key, busy, folder, onLine }: ShownCommand): Promise<boolean> {
    if (this.#underWay.has(key)) throw new UserError(busy);
    const controller = new AbortController();
    this.#underWay.set(key, controller);
    try {
      const node = await trainingNode(vscode.Uri.file(folder));
      const script = path.join(this.extension.extensionPath, 'dist', 'cli.js');
      const { signal } = controller;
      const { problem, complaint } = await withCancellableProgress(title, controller, (progress) =>
        runJsonCommand({
          ...{ node, script, args, cwd: folder, signal },
          onLine: (value) => {
            onLine(value, progress);
          },
        }),
      );
      if (problem === null) return true;
      if (signal.aborted) return false;
      throw new UserError(
        complaint || vscode.l10n.t('{0} ended without a word ({1}).', `sfp ${args[0] ?? ''}`, problem),
      );
    } finally {
      this.#underWay.delete(key);
    }
  }

  override dispose(): void {
    for (const controller of this.#underWay.values()) controller.abort();
    super.dispose();
  }
}
