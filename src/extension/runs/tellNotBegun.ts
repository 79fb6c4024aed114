import * as vscode from 'vscode';
import { showMessage } from '../messages';
import type { RunList } from './runList';

/** Tells that the process of the queue ended before it had a run, and offers the run's log. */
export async function tellNotBegun(folder: string, list: RunList): Promise<void> {
  await list.refresh();
  const run = list.at(folder);
  if (run === undefined) return;
  const openLog = {
    title: vscode.l10n.t('Open log'),
    act: () => vscode.commands.executeCommand('sfpLab.openLog', run.id),
  };
  const sentence = vscode.l10n.t('The queue ended before it could start {0}; the log may say why.', run.name);
  await showMessage('error', sentence, [openLog]);
}

/** Tells that runs that were just started wait, as the queue is paused. */
export async function tellPaused(why: string | null): Promise<void> {
  const goOn = {
    title: vscode.l10n.t('Continue'),
    act: () => vscode.commands.executeCommand('sfpLab.continueQueue'),
  };
  await showMessage('information', why ?? vscode.l10n.t('The queue is paused, so the run waits.'), [goOn]);
}
