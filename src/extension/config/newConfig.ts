import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { configEnding } from './configFiles';
import { configTemplate } from './template';

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** Windows takes a file of such a name for a device, whatever its ending. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Asks for a name, writes a commented config into the workspace and opens it. */
export async function newConfig(): Promise<void> {
  const folder = await pickFolder();
  if (!folder) return;
  const name = await askName(folder);
  if (!name) return;
  const file = vscode.Uri.joinPath(folder, name + configEnding);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(configTemplate(name)));
  await vscode.window.showTextDocument(file);
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0)
    throw new UserError(vscode.l10n.t('An experiment lives in a folder: open a folder first, then create its config.'));
  if (folders.length === 1) return folders[0]?.uri;
  return (await vscode.window.showWorkspaceFolderPick())?.uri;
}

async function askName(folder: vscode.Uri): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('New experiment config'),
    prompt: vscode.l10n.t('Name of the experiment; the file becomes NAME{0}', configEnding),
    value: 'my-experiment',
    validateInput: async (name) => {
      if (!namePattern.test(name))
        return vscode.l10n.t('A name has letters, digits, dot, dash and underscore, and at most 64 of them.');
      if (deviceName.test(name)) return vscode.l10n.t('On Windows {0} is a device: choose another name.', name);
      if (await exists(vscode.Uri.joinPath(folder, name + configEnding)))
        return vscode.l10n.t('{0} is there already.', name + configEnding);
      return undefined;
    },
  });
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
