import * as vscode from 'vscode';
import type { Problem } from '../../config/document';
import { Disposable } from '../disposable';
import { isConfig, readDocument } from './configFiles';

/** Marks the problems of open configs in the text while the user edits. */
export class ConfigDiagnostics extends Disposable {
  readonly #collection = this.own(vscode.languages.createDiagnosticCollection('sfp'));

  constructor() {
    super();
    this.own(
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#check(document);
      }),
    );
    this.own(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#check(document);
      }),
    );
    this.own(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#collection.delete(uri);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#check(document);
  }

  #check(document: vscode.TextDocument): void {
    if (!isConfig(document.uri)) return;
    this.#collection.set(document.uri, readDocument(document).problems.map(asDiagnostic));
  }
}

function asDiagnostic(problem: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), problem.message, vscode.DiagnosticSeverity.Error);
  diagnostic.source = 'SFP Lab';
  return diagnostic;
}

/** Problems count lines and columns from 1, VS Code from 0. */
export function rangeOf(problem: Problem): vscode.Range {
  return new vscode.Range(problem.line - 1, problem.column - 1, problem.endLine - 1, problem.endColumn - 1);
}
