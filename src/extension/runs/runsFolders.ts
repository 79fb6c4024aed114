import * as path from 'node:path';
import * as vscode from 'vscode';
import { runsPath } from '../../runs/model/format';

/** The folders of runs that stand at the top of the workspace's folders; they need not be there yet. */
export function topRunsFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.join(uri.fsPath, runsPath));
}

/** The folders of runs deeper in the workspace: somebody opened the folder above that of an experiment. */
export async function nestedRunsFolders(): Promise<string[]> {
  const found = await vscode.workspace.findFiles(`**/${runsPath}/*/run.json`, '**/node_modules/**', 10_000);
  return [...new Set(found.map(({ fsPath }) => path.dirname(path.dirname(fsPath))))];
}

/** Where the runs of a config go: into its workspace folder, or beside it when it is in none. */
export function runsFolderOf(config: vscode.Uri): string {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(config);
  return path.join(workspaceFolder?.uri.fsPath ?? path.dirname(config.fsPath), runsPath);
}

/** The folder that an experiment's runs were started in. */
export function experimentFolderOf(runFolder: string): string {
  return path.resolve(runFolder, '..', '..', '..');
}
