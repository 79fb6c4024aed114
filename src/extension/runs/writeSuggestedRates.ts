import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { withMeasuredRates } from '../../experiment/suggestedRates';
import { readSensitivity } from '../../runs/folder/sensitivityFile';
import { fileNames } from '../../runs/model/format';
import type { Sensitivity } from '../../runs/model/sensitivity';
import { isComplete, suggestedRates } from '../../runs/model/suggestedRates';
import { changedPart } from '../config/changedPart';
import { readDocument } from '../config/configFiles';
import { offsetRange } from '../offsetRange';
import { configOf } from './openRun';
import type { ListedRun } from './runList';

/**
 * Writes the rates that a run's sensitivity suggests into the config that it was started from, as an edit that can be undone and
 * is not saved. `drop` is the part of the accuracy that a layer alone may cost.
 */
export async function writeSuggestedRates(run: ListedRun, drop: number): Promise<void> {
  const sensitivity = await completeSensitivity(run);
  const document = await vscode.workspace.openTextDocument(await configOf(run));
  const before = document.getText();
  const { groups } = sensitivity.subject;
  const after = withMeasuredRates(before, suggestedRates(sensitivity, drop), groups, await readDocument(document));
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  if (after === before) {
    void vscode.window.showInformationMessage(vscode.l10n.t('The config has these rates already.'));
    return;
  }
  const { from, to, text } = changedPart(before, after);
  const range = offsetRange(document, from, to);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, range, text);
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new UserError(vscode.l10n.t('{0} could not be changed.', path.basename(document.uri.fsPath)));
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

async function completeSensitivity({ name, folder }: ListedRun): Promise<Sensitivity> {
  const sensitivity = await readSensitivity(path.join(folder, fileNames.sensitivity));
  if (sensitivity === null)
    throw new UserError(vscode.l10n.t('The sensitivity of {0} has not been measured: measure it first.', name));
  if (!isComplete(sensitivity))
    throw new UserError(
      vscode.l10n.t('The sensitivity of {0} is not measured to its end: go on measuring first.', name),
    );
  return sensitivity;
}
