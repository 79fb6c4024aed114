import * as path from 'node:path';
import * as vscode from 'vscode';

/** Where the runs of a folder live. */
const within = path.join('.sfp', 'runs');

/** The folders of runs of this workspace, one for each of its folders; they need not be there yet. */
export function runsFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.join(uri.fsPath, within));
}

/** Where the runs of a config go: into its workspace folder, or beside it when it is in none. */
export function runsFolderOf(config: vscode.Uri): string {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(config);
  return path.join(workspaceFolder?.uri.fsPath ?? path.dirname(config.fsPath), within);
}

/** The workspace folder that a run's folder belongs to. */
export function workspaceFolderOf(runFolder: string): string {
  return path.resolve(runFolder, '..', '..', '..');
}
