import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import { showWithRemedies } from '../problems';
import type { RunList } from './runList';

const lookMilliseconds = 500;

/**
 * Watches a training process that was just started until its first run says hello. A process that ends before that could not
 * write into the run folder what was wrong, so its log is offered.
 */
export class FirstWord extends Disposable {
  constructor(private readonly list: RunList) {
    super();
  }

  await(pid: number, id: string): void {
    const timer = setInterval(() => {
      if (this.list.find(id)?.status !== 'created') clearInterval(timer);
      else if (!isThere(pid)) {
        clearInterval(timer);
        void this.#tellUnlessHeard(id);
      }
    }, lookMilliseconds);
    this.own({
      dispose: () => {
        clearInterval(timer);
      },
    });
  }

  async #tellUnlessHeard(id: string): Promise<void> {
    await this.list.refresh();
    const run = this.list.find(id);
    if (run?.status !== 'created') return;
    const openLog = {
      title: vscode.l10n.t('Open log'),
      act: () => vscode.commands.executeCommand('sfpLab.openLog', id),
    };
    const sentence = vscode.l10n.t('The training process of {0} ended before it began; its log says why.', run.name);
    await showWithRemedies('error', sentence, [openLog]);
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
