import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { nameFromFile } from '../../experiment/load';
import { readExperimentIn, type ReadExperiment } from '../../experiment/read';

export const configEnding = '.sfp.json';

/** Selects experiment configs that are files on a disk, as only those can be trained. */
export const configSelector: vscode.DocumentSelector = { scheme: 'file', pattern: `**/*${configEnding}` };

export function isConfig(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith(configEnding);
}

interface KnownDocument {
  readonly version: number;
  readonly time: number;
  readonly read: Promise<ReadExperiment>;
}

const known = new WeakMap<vscode.TextDocument, KnownDocument>();
/** Images that a config brings along may change although its text does not. */
const freshMilliseconds = 2000;

/**
 * Reads the experiment in an open config, named after its file where it gives no name. Marks, lenses and quick fixes ask at every
 * key: a version of the text is read once for them all, and again only after a while.
 */
export function readDocument(document: vscode.TextDocument): Promise<ReadExperiment> {
  const { version } = document;
  const { fsPath } = document.uri;
  const time = performance.now();
  const last = known.get(document);
  if (last?.version === version && time - last.time < freshMilliseconds) return last.read;
  const read = readExperimentIn(path.dirname(fsPath), document.getText(), nameFromFile(fsPath));
  known.set(document, { version, time, read });
  return read;
}

/** A config as it is in its editor, saved; `refusal` is the sentence of the UserError where it cannot be. */
export async function savedConfig(file: vscode.Uri, refusal: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file);
  if (document.isDirty && !(await document.save())) throw new UserError(refusal);
  return document;
}

/** The config for a command that names none: the active editor's, else the only one, else what the user picks, if anything. */
export async function pickConfig(): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isConfig(active)) return active;
  const found = await vscode.workspace.findFiles(`**/*${configEnding}`, '**/{node_modules,.sfp}/**', 1000);
  if (found.length === 0)
    throw new UserError(
      vscode.l10n.t('There is no experiment config (*{0}) in this workspace: create one first.', configEnding),
    );
  if (found.length === 1) return found[0];
  const items = found
    .map((uri) => ({ label: path.posix.basename(uri.path), description: folderOf(uri), uri }))
    .sort((a, b) => a.description.localeCompare(b.description) || a.label.localeCompare(b.label));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which experiment?') });
  return chosen?.uri;
}

function folderOf(uri: vscode.Uri): string {
  const folder = path.posix.dirname(vscode.workspace.asRelativePath(uri));
  return folder === '.' ? '' : folder;
}
