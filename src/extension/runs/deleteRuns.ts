import * as vscode from 'vscode';

/** A folder among the runs, readable or not. */
export interface RunFolder {
  readonly name: string;
  readonly folder: string;
}

/** Asks the user, then moves run folders to the trash; where there is no trash, asks again before deleting for good. */
export async function deleteRuns(runs: readonly RunFolder[]): Promise<void> {
  const names = runs.map(({ name }) => name).join(', ');
  const trash = vscode.l10n.t('Move to trash');
  const detail = vscode.l10n.t('The run folder with its measurements and checkpoints goes to the trash: {0}', names);
  const question =
    runs.length === 1 ? vscode.l10n.t('Delete {0}?', names) : vscode.l10n.t('Delete {0} runs?', runs.length);
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, trash)) !== trash) return;
  for (const run of runs) await deleteOne(run);
}

async function deleteOne({ name, folder }: RunFolder): Promise<void> {
  const uri = vscode.Uri.file(folder);
  try {
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: true });
  } catch {
    const forGood = vscode.l10n.t('Delete for good');
    const question = vscode.l10n.t('{0} cannot be moved to the trash here.', name);
    const detail = vscode.l10n.t('Deleting it for good cannot be undone.');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, forGood)) !== forGood) return;
    await vscode.workspace.fs.delete(uri, { recursive: true, useTrash: false });
  }
}
