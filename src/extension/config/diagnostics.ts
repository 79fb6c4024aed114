import * as vscode from 'vscode';
import type { Problem } from '../../config/document';
import type { Hint } from '../../experiment/hints';
import { Disposable } from '../disposable';
import { isConfig, readDocument } from './configFiles';

/** Marks the problems of open configs, and hints for them, in the text while the user edits. */
export class ConfigDiagnostics extends Disposable {
  readonly #collection = this.own(vscode.languages.createDiagnosticCollection('sfp'));

  constructor(private readonly log: vscode.LogOutputChannel) {
    super();
    this.own(
      vscode.workspace.onDidOpenTextDocument((document) => {
        void this.#check(document);
      }),
    );
    this.own(
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        void this.#check(document);
      }),
    );
    this.own(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#collection.delete(uri);
      }),
    );
    for (const document of vscode.workspace.textDocuments) void this.#check(document);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    if (!isConfig(document.uri)) return;
    const { version } = document;
    try {
      const { problems, hints } = await readDocument(document);
      // Of a text that has changed meanwhile, or is closed, the marks would be at wrong places.
      if (document.isClosed || document.version !== version) return;
      this.#collection.set(document.uri, [...problems.map(problemDiagnostic), ...hints.map(hintDiagnostic)]);
    } catch (error) {
      // What one config sets off must not leave the others without their marks.
      this.log.error(error instanceof Error ? error : String(error));
    }
  }
}

function problemDiagnostic(problem: Problem): vscode.Diagnostic {
  return diagnosticOf(problem, vscode.DiagnosticSeverity.Error);
}

/** A hint does not keep an experiment from starting. */
export function hintDiagnostic(hint: Hint): vscode.Diagnostic {
  return diagnosticOf(hint, vscode.DiagnosticSeverity.Information);
}

function diagnosticOf(problem: Problem, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(problem), problem.message, severity);
  diagnostic.source = 'SFP Lab';
  return diagnostic;
}

/** Problems count lines and columns from 1, VS Code from 0. */
export function rangeOf(problem: Problem): vscode.Range {
  return new vscode.Range(problem.line - 1, problem.column - 1, problem.endLine - 1, problem.endColumn - 1);
}
