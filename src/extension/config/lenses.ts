import { setImmediate } from 'node:timers/promises';
import * as vscode from 'vscode';
import { mostProblems, type Problem } from '../../config/document';
import type { ResolvedRun } from '../../experiment/resolve';
import { forecastTable, keptTables } from '../../layerTimes/tableFile';
import { percent } from '../numbers';
import { readDocument } from './configFiles';
import { rangeOf } from './diagnostics';
import { savingsOf, type Savings, type Unknown } from './savings';

const listedRuns = 4;
/** A forecast takes tens of milliseconds; nobody waits above a config for those of hundreds of runs. */
const forecastRuns = 20;
const top = new vscode.Range(0, 0, 0, 0);

/** The lines above a config: a button that starts its runs and says which they are, and what they save. */
export class ConfigLenses implements vscode.CodeLensProvider {
  async provideCodeLenses(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.CodeLens[]> {
    const { experiment, problems } = await readDocument(document);
    if (!experiment) return [problemsLens(document, problems)];
    const { name, runs } = experiment;
    const table = forecastTable(await keptTables());
    const savings: (Savings | Unknown)[] = [];
    for (const run of runs.slice(0, forecastRuns)) {
      savings.push(savingsOf(run, table));
      // Everything else that the editor does comes in between.
      await setImmediate();
      if (token.isCancellationRequested) return [];
    }
    const lenses = savingsLenses(savings);
    const more = runs.length > savings.length ? [plainLens(...forecastNote(savings.length))] : [];
    return [startLens(document, startTitle(name, runs)), ...lenses, ...more];
  }
}

function problemsLens(document: vscode.TextDocument, problems: readonly Problem[]): vscode.CodeLens {
  const [first] = problems;
  const title = problemsTitle(problems.length);
  const place = first ? rangeOf(first) : top;
  return new vscode.CodeLens(top, {
    title,
    command: 'vscode.open',
    arguments: [document.uri, { selection: place } satisfies vscode.TextDocumentShowOptions],
  });
}

function problemsTitle(count: number): string {
  if (count === 1) return vscode.l10n.t('$(error) 1 problem keeps this experiment from starting');
  return count > mostProblems
    ? vscode.l10n.t('$(error) More than {0} problems keep this experiment from starting', mostProblems)
    : vscode.l10n.t('$(error) {0} problems keep this experiment from starting', count);
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

function savingsLenses(all: readonly (Savings | Unknown)[]): vscode.CodeLens[] {
  const known = all.filter((each) => 'exact' in each);
  const problems = all.flatMap((each) => ('problem' in each ? [each.problem] : []));
  const unreachable = problems.find((problem) => problem !== 'unmeasured');
  return [
    ...(known.length > 0 ? [savingsLens(known), ...latencyLenses(known)] : []),
    ...(problems.includes('unmeasured') ? [unmeasuredLens()] : []),
    ...(unreachable ? [plainLens(`$(warning) ${unreachable.message}`, unreachable.message)] : []),
  ];
}

function savingsLens(savings: readonly Savings[]): vscode.CodeLens {
  const fractions = (count: 'exact' | 'paper') => range(savings.map((saving) => percent(saving[count])));
  return plainLens(
    vscode.l10n.t('saves {0} of the FLOPs', fractions('exact')),
    vscode.l10n.t(
      'Multiply-adds of the convolutions that the compact network does without: {0} counted exactly, with whole filters; {1} by the rate alone, as papers count.',
      fractions('exact'),
      fractions('paper'),
    ),
  );
}

/** Only where times of all runs are known. */
function latencyLenses(savings: readonly Savings[]): vscode.CodeLens[] {
  const latencies = savings.flatMap(({ latency }) => (latency ? [latency] : []));
  if (latencies.length < savings.length) return [];
  const milliseconds = (which: 'dense' | 'pruned') => range(latencies.map((each) => each[which].toFixed(1)));
  return [
    plainLens(
      vscode.l10n.t('forecast {0} instead of {1} ms', milliseconds('pruned'), milliseconds('dense')),
      vscode.l10n.t(
        'A forecast for 64 images on one thread, added up from times of layers that were measured on this machine. The certificate of a finished run has what is measured.',
      ),
    ),
  ];
}

function forecastNote(forecast: number): [title: string, tooltip: string] {
  return [
    vscode.l10n.t('forecast for the first {0} runs', forecast),
    vscode.l10n.t('The other runs of the sweep may save more or less.'),
  ];
}

function unmeasuredLens(): vscode.CodeLens {
  return plainLens(
    vscode.l10n.t('saving known after the first measurement'),
    vscode.l10n.t(
      'This pruning goes by times of layers on this machine. They are measured when a run starts, in about a minute, or by "sfp engines --widths".',
    ),
  );
}

function plainLens(title: string, tooltip: string): vscode.CodeLens {
  return new vscode.CodeLens(top, { title, tooltip, command: '' });
}

/** The lowest and the highest of texts of numbers. */
function range(texts: readonly string[]): string {
  const sorted = texts.toSorted((a, b) => parseFloat(a) - parseFloat(b));
  const [lowest, highest] = [sorted[0] ?? '', sorted.at(-1) ?? ''];
  return lowest === highest ? lowest : vscode.l10n.t('{0} to {1}', lowest, highest);
}
