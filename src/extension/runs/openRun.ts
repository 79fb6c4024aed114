import { realpath } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { refuseUnlessRegular } from '../../base/regularFile';
import { fileNames } from '../../runs/model/format';
import type { ListedRun } from './runList';
import { experimentFolderOf } from './runsFolders';

/** Opens the config that a run was started from. */
export async function openConfig(run: ListedRun): Promise<void> {
  await vscode.window.showTextDocument(await configOf(run), { preview: false });
}

/**
 * The config that a run was started from. Its path comes from a file that anybody may have written, so only a config inside the
 * workspace is given. Throws a UserError when there is none, or it is elsewhere.
 */
export async function configOf(run: ListedRun): Promise<vscode.Uri> {
  const file = run.configFile;
  if (file === null) throw new UserError(vscode.l10n.t('{0} was started without a config file.', run.name));
  const real = await realpath(file).catch(() => null);
  if (real === null)
    throw new UserError(vscode.l10n.t('The config {0} of {1} is no longer there.', path.basename(file), run.name));
  const folders = [
    experimentFolderOf(run.folder),
    ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
  ];
  const realFolders = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  if (!real.endsWith('.sfp.json') || !realFolders.some((folder) => isInside(real, folder)))
    throw new UserError(
      vscode.l10n.t('The config of {0} is outside this workspace and is not opened: {1}.', run.name, file),
    );
  return vscode.Uri.file(file);
}

/** Throws a UserError when there is no log, or it is a link: a run folder from elsewhere could show any file as its log. */
export async function openLog(run: ListedRun): Promise<void> {
  const file = vscode.Uri.file(path.join(run.folder, fileNames.log));
  await refuseUnlessRegular(file.fsPath);
  try {
    await vscode.window.showTextDocument(file, { preview: true });
  } catch (error) {
    throw new UserError(vscode.l10n.t('{0} has no log yet.', run.name), { file: file.fsPath, cause: error });
  }
}

/** Shows a run's folder in the system's file explorer, or in VS Code's explorer if the folder is on another machine. */
export async function revealRun(folder: string): Promise<void> {
  const isLocal = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  await vscode.commands.executeCommand(isLocal ? 'revealFileInOS' : 'revealInExplorer', vscode.Uri.file(folder));
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
