import * as vscode from 'vscode';
import type { Problem } from '../../config/document';
import type { ResolvedRun } from '../../experiment/resolve';
import { percent } from '../numbers';
import { readDocument } from './configFiles';
import { rangeOf } from './diagnostics';
import { savingsOf, type Savings } from './savings';

const listedRuns = 4;
const top = new vscode.Range(0, 0, 0, 0);

/** The lines above a config: a button that starts its runs and says which they are, and what they save. */
export class ConfigLenses implements vscode.CodeLensProvider {
  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { experiment, problems } = readDocument(document);
    if (!experiment) return [problemsLens(document, problems)];
    const { name, runs } = experiment;
    return [startLens(document, startTitle(name, runs)), savingsLens(runs)];
  }
}

function problemsLens(document: vscode.TextDocument, problems: readonly Problem[]): vscode.CodeLens {
  const [first] = problems;
  const title =
    problems.length === 1
      ? vscode.l10n.t('$(error) 1 problem keeps this experiment from starting')
      : vscode.l10n.t('$(error) {0} problems keep this experiment from starting', problems.length);
  const place = first ? rangeOf(first) : top;
  return new vscode.CodeLens(top, {
    title,
    command: 'vscode.open',
    arguments: [document.uri, { selection: place } satisfies vscode.TextDocumentShowOptions],
  });
}

function startLens(document: vscode.TextDocument, title: string): vscode.CodeLens {
  return new vscode.CodeLens(top, {
    title,
    tooltip: vscode.l10n.t('Train and prune in the background, and show it in the dashboard'),
    command: 'sfpLab.startRun',
    arguments: [document.uri],
  });
}

function startTitle(experiment: string, runs: readonly ResolvedRun[]): string {
  if (runs.length === 1) return vscode.l10n.t('$(play) Start SFP run');
  const differences = runs.map(({ config }) => config.name.slice(experiment.length + 1));
  const listed = differences.slice(0, listedRuns).join(', ');
  return differences.length <= listedRuns
    ? vscode.l10n.t('$(play) Start SFP run ({0} runs: {1})', runs.length, listed)
    : vscode.l10n.t('$(play) Start SFP run ({0} runs: {1}, …)', runs.length, listed);
}

function savingsLens(runs: readonly ResolvedRun[]): vscode.CodeLens {
  const savings = runs.map(savingsOf);
  const title = vscode.l10n.t('saves {0} of the FLOPs', range(savings, 'exact'));
  const tooltip = vscode.l10n.t(
    'Multiply-adds of the convolutions that the compact network does without: {0} counted exactly, with whole filters; {1} by the rate alone, as papers count.',
    range(savings, 'exact'),
    range(savings, 'paper'),
  );
  return new vscode.CodeLens(top, { title, tooltip, command: '' });
}

function range(savings: readonly Savings[], count: keyof Savings): string {
  const values = savings.map((saving) => saving[count]).sort((a, b) => a - b);
  const [lowest, highest] = [percent(values[0] ?? 0), percent(values.at(-1) ?? 0)];
  return lowest === highest ? lowest : vscode.l10n.t('{0} to {1}', lowest, highest);
}
