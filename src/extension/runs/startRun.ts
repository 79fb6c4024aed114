import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { parseConfig, type Problem } from '../../config/parse';
import { UserError } from '../../errors';
import { createRuns } from '../../runs/create';
import { startTrainer } from '../../runs/process';
import { rangeOf } from '../config/diagnostics';
import { showWithRemedies } from '../problems';
import { findNode, type NodeRuntime } from './findNode';
import { runsFolderOf } from './runsFolders';

/** Runs that were just started: their folders, and the process that trains them one after another. */
export interface StartedRuns {
  readonly runsFolder: string;
  readonly folders: readonly [string, ...string[]];
  readonly pid: number;
}

/** Starts all runs of a config's sweep; undefined when that cannot be, which the user is then told. */
export async function startRuns(
  file: vscode.Uri,
  extension: vscode.Extension<unknown>,
): Promise<StartedRuns | undefined> {
  if (!vscode.workspace.isTrusted) {
    void askForTrust();
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument(file);
  if (document.isDirty && !(await document.save()))
    throw new UserError(vscode.l10n.t('{0} could not be saved, so it was not started.', path.basename(file.fsPath)));
  const { config, problems } = parseConfig(document.getText());
  if (!config) {
    void tellProblems(file, problems);
    return undefined;
  }
  const setting = vscode.workspace.getConfiguration('sfpLab', file).get<string>('nodePath', '');
  const node = await findNode(setting.trim());
  const runsFolder = runsFolderOf(file);
  const { version } = extension.packageJSON as { version: string };
  const versions = { 'sfp-lab': version, node: node.version };
  const [first, ...more] = await createRuns(runsFolder, { config, configFile: file.fsPath, versions });
  const folders = [first.folder, ...more.map(({ folder }) => folder)] as const;
  return { runsFolder, folders, pid: await train(folders, node, extension) };
}

async function askForTrust(): Promise<void> {
  const manage = {
    title: vscode.l10n.t('Manage workspace trust'),
    act: () => vscode.commands.executeCommand('workbench.trust.manage'),
  };
  await showWithRemedies('warning', vscode.l10n.t('Starting a run needs a trusted workspace.'), [manage]);
}

/** Starts the training process; when it cannot be started, the folders that were made for it go away again. */
async function train(
  folders: readonly [string, ...string[]],
  node: NodeRuntime,
  extension: vscode.Extension<unknown>,
): Promise<number> {
  const trainerScript = path.join(extension.extensionPath, 'dist', 'trainer.js');
  try {
    return startTrainer({ folders, node: node.path, trainerScript, env: node.env });
  } catch (error) {
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    throw error;
  }
}

async function tellProblems(file: vscode.Uri, problems: readonly Problem[]): Promise<void> {
  const first = problems[0];
  if (!first) return;
  const name = path.basename(file.fsPath);
  const rest = problems.length - 1;
  const sentence =
    rest === 0
      ? vscode.l10n.t('{0}, line {1}: {2}', name, first.line, first.message)
      : vscode.l10n.t('{0}, line {1}: {2} (and {3} more)', name, first.line, first.message, rest);
  const jump = {
    title: vscode.l10n.t('Show'),
    act: () => vscode.window.showTextDocument(file, { selection: rangeOf(first) }),
  };
  await showWithRemedies('error', sentence, [jump]);
}
