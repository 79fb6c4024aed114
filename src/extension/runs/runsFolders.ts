import * as path from 'node:path';
import * as vscode from 'vscode';
import { runsPath } from '../../runs/model/format';

/** The folder of runs of each workspace folder; it need not exist yet. */
export function topRunsFolders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.join(uri.fsPath, runsPath));
}

/** Folders of runs deeper in the workspace, for when the user opened a parent of the experiment's folder. */
export async function nestedRunsFolders(): Promise<string[]> {
  const found = await vscode.workspace.findFiles(`**/${runsPath}/*/run.json`, '**/node_modules/**', 10_000);
  return [...new Set(found.map(({ fsPath }) => path.dirname(path.dirname(fsPath))))];
}

/** Where the runs of a config are kept: in its workspace folder, or beside the config when it is in no workspace folder. */
export function runsFolderOf(config: vscode.Uri): string {
  const workspaceFolder = vscode.workspace.getWorkspaceFolder(config);
  return path.join(workspaceFolder?.uri.fsPath ?? path.dirname(config.fsPath), runsPath);
}

/** The folder that an experiment's runs were started in. */
export function experimentFolderOf(runFolder: string): string {
  return path.resolve(runFolder, '..', '..', '..');
}

/** Runs by their experiment and the folder that it was started in; both in the order in which they are given. */
export function byExperiment<Run extends { readonly folder: string; readonly experiment: string }>(
  runs: readonly Run[],
): Run[][] {
  const experiments = new Map<string, Run[]>();
  for (const run of runs) {
    const key = `${experimentFolderOf(run.folder)}\n${run.experiment}`;
    const known = experiments.get(key);
    if (known) known.push(run);
    else experiments.set(key, [run]);
  }
  return [...experiments.values()];
}
