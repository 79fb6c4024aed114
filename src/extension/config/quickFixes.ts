import * as vscode from 'vscode';
import { withSettingWritten } from '../../config/edit';
import type { Hint } from '../../experiment/hints';
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
      .map(({ hint, diagnostic }) => {
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
  const { start, end, text } = changedPart(before, after);
  edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  return edit;
}

/** What differs between two texts, so that the cursor and folded parts elsewhere stay where they are. */
function changedPart(before: string, after: string): { start: number; end: number; text: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return { start, end: before.length - same, text: after.slice(start, after.length - same) };
}
