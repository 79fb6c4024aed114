import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { startTrainer, type StartedTrainer } from '../../runs/control/trainerProcess';
import type { RunLock } from '../../runs/lock/runLock';
import { findNode, type NodeRuntime } from '../findNode';
import { showMessage } from '../messages';

/** Folders of runs that one process trains, one after another. */
export type RunFolders = readonly [string, ...string[]];

/** Runs that were just started: their folders, and the process that trains them. */
export interface StartedRuns extends StartedTrainer {
  readonly folders: RunFolders;
}

/** Whether this workspace may start a process; if not, the user is told how to allow it. */
export function mayTrain(): boolean {
  if (!vscode.workspace.isTrusted) void askForTrust();
  return vscode.workspace.isTrusted;
}

/** The Node for training the runs of a file or folder of the workspace. */
export function trainingNode(scope: vscode.Uri): Promise<NodeRuntime> {
  return findNode(vscode.workspace.getConfiguration('sfpLab', scope).get<string>('nodePath', '').trim());
}

/** Starts the process that trains the runs, whose locks may be held already. */
export async function train(
  folders: RunFolders,
  node: NodeRuntime,
  extension: vscode.Extension<unknown>,
  locks?: readonly RunLock[],
): Promise<StartedRuns> {
  const trainerScript = path.join(extension.extensionPath, 'dist', 'trainer.js');
  const start = { folders, node: node.path, trainerScript, env: node.env, niceness: niceness(folders[0]) };
  return { folders, ...(await startTrainer({ ...start, ...(locks && { locks }) })) };
}

/** VS Code stays quick while a run trains beside it, unless the user wants otherwise. */
function niceness(folder: string): number {
  const priority = vscode.workspace.getConfiguration('sfpLab', vscode.Uri.file(folder)).get<string>('trainingPriority');
  return priority === 'normal' ? 0 : 10;
}

/** Starts the process; if that fails, removes the folders that were made for it. */
export async function trainOrRemove(...[folders, node, extension]: Parameters<typeof train>): Promise<StartedRuns> {
  try {
    return await train(folders, node, extension);
  } catch (error) {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    throw error;
  }
}

/** Versions of SFP Lab and of Node, as a run keeps them. */
export function versionsOf(extension: vscode.Extension<unknown>, node: NodeRuntime): Record<string, string> {
  const { version } = extension.packageJSON as { version: string };
  return { 'sfp-lab': version, node: node.version };
}

async function askForTrust(): Promise<void> {
  const manage = {
    title: vscode.l10n.t('Manage workspace trust'),
    act: () => vscode.commands.executeCommand('workbench.trust.manage'),
  };
  await showMessage('warning', vscode.l10n.t('This starts a process, which needs a trusted workspace.'), [manage]);
}
