import * as vscode from 'vscode';
import { processExists } from '../../base/processes';
import { Disposable } from '../disposable';
import { showMessage } from '../messages';
import type { RunList } from './runList';

const lookMilliseconds = 500;

/**
 * Watches training processes that were just started until their first run is no longer `created`. A process that ends before
 * that could not write into the run folder what was wrong, so its log is offered.
 */
export class StartWatch extends Disposable {
  constructor(private readonly list: RunList) {
    super();
  }

  /** `id` is the first run that the process `pid` trains. */
  watch(pid: number, id: string): void {
    const timer = setInterval(() => {
      if (this.list.find(id)?.status !== 'created') clearInterval(timer);
      else if (!processExists(pid)) {
        clearInterval(timer);
        void this.#showUnlessStarted(id);
      }
    }, lookMilliseconds);
    this.own({
      dispose: () => {
        clearInterval(timer);
      },
    });
  }

  async #showUnlessStarted(id: string): Promise<void> {
    await this.list.refresh();
    const run = this.list.find(id);
    if (run?.status !== 'created') return;
    const openLog = {
      title: vscode.l10n.t('Open log'),
      act: () => vscode.commands.executeCommand('sfpLab.openLog', id),
    };
    const sentence = vscode.l10n.t('The training process of {0} ended before it began; its log says why.', run.name);
    await showMessage('error', sentence, [openLog]);
  }
}
