import * as vscode from 'vscode';
import { showMessage } from '../messages';
import type { RunList } from './runList';

/** Tells that the process of a run ended before it could write into the run folder what was wrong, and offers its log. */
export async function tellNotBegun(folder: string, list: RunList): Promise<void> {
  await list.refresh();
  const run = list.at(folder);
  if (run === undefined) return;
  const openLog = {
    title: vscode.l10n.t('Open log'),
    act: () => vscode.commands.executeCommand('sfpLab.openLog', run.id),
  };
  const sentence = vscode.l10n.t('The training process of {0} ended before it began; its log says why.', run.name);
  await showMessage('error', sentence, [openLog]);
}
