import { rm } from 'node:fs/promises';
import { getPriority } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunLock } from '../../runs/lock/runLock';
import { enqueue, type QueuedRuns, type QueueStart } from '../../scheduling/queue/enqueue';
import { queueFolder } from '../../scheduling/queue/queueFolder';
import { findNode, type NodeRuntime } from '../findNode';
import { showMessage } from '../messages';

/** Folders of runs that are started together. */
export type RunFolders = readonly [string, ...string[]];

/** Runs that were just started: their folders, and the process of their queue. */
export interface StartedRuns extends QueuedRuns {
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

/** How the queue is started from VS Code. */
export function queueStart(node: NodeRuntime, extension: vscode.Extension<unknown>): QueueStart {
  const queueScript = path.join(extension.extensionPath, 'dist', 'queue.js');
  return { folder: queueFolder(), node: node.path, queueScript, env: node.env };
}

/** Puts the runs, whose locks may be held already, into the queue of this machine. */
export async function train(
  folders: RunFolders,
  node: NodeRuntime,
  extension: vscode.Extension<unknown>,
  locks?: readonly RunLock[],
): Promise<StartedRuns> {
  const runs = folders.map((folder) => ({ folder, niceness: niceness(folder) }));
  return { folders, ...(await enqueue(runs, queueStart(node, extension), locks)) };
}

/** VS Code stays quick while a run trains beside it, unless the user wants otherwise. */
function niceness(folder: string): number {
  const priority = vscode.workspace.getConfiguration('sfpLab', vscode.Uri.file(folder)).get<string>('trainingPriority');
  return Math.min(19, Math.max(0, getPriority()) + (priority === 'normal' ? 0 : 10));
}

/** Puts the runs into the queue; if that fails, removes the folders that were made for it. */
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
