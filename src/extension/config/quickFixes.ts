import * as vscode from 'vscode';
import { withSettingWritten } from '../../config/edit';
import type { Hint } from '../../experiment/hints';
import { offsetRange } from '../offsetRange';
import { changedPart } from './changedPart';
import { readDocument } from './configFiles';
import { hintDiagnostic } from './diagnostics';

/** Does what a hint proposes: an edit that can be undone, in which comments stay. */
export class ConfigQuickFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  async provideCodeActions(document: vscode.TextDocument, range: vscode.Range): Promise<vscode.CodeAction[]> {
    const { hints } = await readDocument(document);
    return hints
      .map((hint) => ({ hint, diagnostic: hintDiagnostic(hint) }))
      .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined)
      .flatMap(({ hint, diagnostic }) => {
        if (hint.fix === null) return [];
        const action = new vscode.CodeAction(hint.fix, vscode.CodeActionKind.QuickFix);
        action.diagnostics = [diagnostic];
        action.edit = editOf(document, hint);
        return action;
      });
  }
}

function editOf(document: vscode.TextDocument, { edits }: Hint): vscode.WorkspaceEdit {
  const before = document.getText();
  const after = edits.reduce((text, { path, value }) => withSettingWritten(text, path, value), before);
  const edit = new vscode.WorkspaceEdit();
  const { from, to, text } = changedPart(before, after);
  edit.replace(document.uri, offsetRange(document, from, to), text);
  return edit;
}
