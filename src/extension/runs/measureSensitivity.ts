import * as path from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import { UserError } from '../../base/errors';
import { Disposable } from '../disposable';
import { runJsonCommand } from '../jsonCommand';
import { isActive, type ListedRun } from './runList';
import { mayTrain, trainingNode } from './trainingProcess';

/** A line of `sfp sensitivity --json`; the last one, with all figures, is in the run folder too. */
const lineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('note'), text: z.string() }),
  z.object({ type: z.literal('pool'), done: z.int(), of: z.int(), pool: z.object({ name: z.string() }) }),
]);

/** Measures the sensitivity of runs, each in a process of its own; those that are measured when the extension ends are stopped. */
export class SensitivityMeasurements extends Disposable {
  /** By the id of the run. */
  readonly #underWay = new Map<string, AbortController>();

  constructor(
    private readonly extension: vscode.Extension<unknown>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
  }

  /** Shows its progress in a notification with a button to cancel; what is measured by then is kept. */
  async measure(run: ListedRun): Promise<void> {
    if (isActive(run)) throw new UserError(vscode.l10n.t('{0} is still training: wait for it, or stop it.', run.name));
    if (this.#underWay.has(run.id))
      throw new UserError(vscode.l10n.t('The sensitivity of {0} is being measured already.', run.name));
    if (!mayTrain()) return;
    const controller = new AbortController();
    this.#underWay.set(run.id, controller);
    try {
      const title = vscode.l10n.t('Measuring the sensitivity of {0}', run.name);
      const location = vscode.ProgressLocation.Notification;
      await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
        token.onCancellationRequested(() => {
          controller.abort();
        });
        await this.#run(run, controller.signal, progress);
      });
    } finally {
      this.#underWay.delete(run.id);
    }
  }

  override dispose(): void {
    for (const controller of this.#underWay.values()) controller.abort();
    super.dispose();
  }

  async #run(
    { name, folder }: ListedRun,
    signal: AbortSignal,
    progress: vscode.Progress<{ message?: string; increment?: number }>,
  ): Promise<void> {
    const node = await trainingNode(vscode.Uri.file(folder));
    const { problem, complaint } = await runJsonCommand({
      node,
      script: path.join(this.extension.extensionPath, 'dist', 'cli.js'),
      args: ['sensitivity', folder, '--json'],
      cwd: folder,
      signal,
      onLine: (value) => {
        const line = lineSchema.safeParse(value).data;
        if (line?.type === 'note') this.log.info(`${name}: ${line.text}`);
        if (line?.type === 'pool')
          progress.report({
            message: vscode.l10n.t('{0} of {1}: {2}', line.done, line.of, line.pool.name),
            increment: 100 / line.of,
          });
      },
    });
    if (problem === null || signal.aborted) return;
    throw new UserError(complaint || vscode.l10n.t('Measuring ended without a word ({0}).', problem));
  }
}
