import { access } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import type { CommandLine } from '../commandLine';
import { reportedSchema } from '../commandOutput';
import { showMessage } from '../messages';
import { revealRun } from './openRun';
import type { ListedRun } from './runList';
import { experimentFolderOf } from './runsFolders';
import { mayTrain } from './trainingProcess';

/** Asks where to, writes a report of the runs there, at least one, and offers to open it in a browser. */
export async function reportRuns(runs: readonly ListedRun[], commands: CommandLine): Promise<void> {
  const [first] = runs;
  if (first === undefined || !mayTrain()) return;
  const chosen = await pickFile(first, runs);
  if (!chosen) return;
  const file = await write(runs, first.folder, chosen.fsPath, commands);
  if (file === null) return;
  // What is on another machine, no browser of this one can open.
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  const open = { title: vscode.l10n.t('Open'), act: () => vscode.env.openExternal(vscode.Uri.file(file)) };
  const reveal = { title: vscode.l10n.t('Reveal'), act: () => revealRun(file) };
  const sentence = vscode.l10n.t('The report of {0} runs is written: {1}.', runs.length, path.basename(file));
  void showMessage('information', sentence, isLocal ? [open, reveal] : [reveal]);
}

/** The file that was written; null when the user cancelled. */
async function write(
  runs: readonly ListedRun[],
  folder: string,
  out: string,
  commands: CommandLine,
): Promise<string | null> {
  // Whoever chose a file that is there has agreed to lose it.
  const replacing = (await isThere(out)) ? ['--force'] : [];
  let files: string[] = [];
  const isDone = await commands.run({
    title: vscode.l10n.t('Writing the report of {0} runs', runs.length),
    args: ['report', ...runs.map((run) => run.folder), '--out', out, '--json', ...replacing],
    key: 'report',
    busy: vscode.l10n.t('A report is being written already.'),
    folder,
    onLine: (value) => {
      const reported = reportedSchema.safeParse(value);
      if (reported.success) files = [reported.data.file];
    },
  });
  if (!isDone) return null;
  const [file] = files;
  if (file === undefined) throw new UserError(vscode.l10n.t('Writing the report did not say what it wrote.'));
  return file;
}

async function pickFile(first: ListedRun, runs: readonly ListedRun[]): Promise<vscode.Uri | undefined> {
  const isOneExperiment = runs.every(({ experiment }) => experiment === first.experiment);
  // The name comes from a file that anybody may have written.
  const stem = (isOneExperiment ? `${first.experiment}-report` : 'report').replaceAll(/[^\w.-]+/g, '-').slice(-100);
  return await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Report of {0} runs', runs.length),
    saveLabel: vscode.l10n.t('Write report'),
    defaultUri: vscode.Uri.file(path.join(experimentFolderOf(first.folder), `${stem}.html`)),
    filters: { HTML: ['html'] },
  });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
