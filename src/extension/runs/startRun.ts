import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../../config/document';
import type { Experiment } from '../../experiment/resolve';
import { createRuns } from '../../runs/folder/create';
import { presentRuns } from '../../runs/folder/presentRuns';
import { readDocument, savedConfig } from '../config/configFiles';
import { rangeOf } from '../config/diagnostics';
import { showMessage } from '../messages';
import { chooseRuns } from './chooseRuns';
import { estimateText } from './estimate';
import { runsFolderOf } from './runsFolders';
import {
  mayTrain,
  trainingNode,
  trainOrRemove,
  versionsOf,
  type RunFolders,
  type StartedRuns,
} from './trainingProcess';

/**
 * Starts the runs of a config, and asks first where some are there already or they are many. Returns undefined where the user wants
 * none, or, after telling why, when they cannot be started.
 */
export async function startRuns(
  file: vscode.Uri,
  extension: vscode.Extension<unknown>,
): Promise<StartedRuns | undefined> {
  if (!mayTrain()) return undefined;
  const document = await savedConfig(
    file,
    vscode.l10n.t('{0} could not be saved, so it was not started.', path.basename(file.fsPath)),
  );
  const { experiment, problems } = await readDocument(document);
  if (!experiment) {
    void tellProblems(file, problems);
    return undefined;
  }
  const node = await trainingNode(file);
  const runsFolder = runsFolderOf(file);
  const present = await presentRuns(runsFolder, experiment.runs, file.fsPath);
  const estimate = () => estimateText(file, runsFolder, node, extension);
  const [firstRun, ...moreRuns] = await chooseRuns(experiment.runs, present, estimate);
  if (firstRun === undefined) return undefined;
  const chosen: Experiment = { ...experiment, runs: [firstRun, ...moreRuns] };
  const versions = versionsOf(extension, node);
  const [first, ...more] = await createRuns(runsFolder, { experiment: chosen, configFile: file.fsPath, versions });
  const folders: RunFolders = [first.folder, ...more.map(({ folder }) => folder)];
  return trainOrRemove(folders, node, extension);
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
  await showMessage('error', sentence, [jump]);
}
