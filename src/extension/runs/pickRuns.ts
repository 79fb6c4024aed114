import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { percent } from '../numbers';
import type { ListedRun, RunList } from './runList';
import { byExperiment } from './runsFolders';
import { statusWord, summaryOf } from './summary';

interface RunPick extends vscode.QuickPickItem {
  readonly run: ListedRun;
}

/** Lets the user choose a run, without asking if there is only one. Undefined when the user chooses none. */
export async function pickRun(runs: readonly ListedRun[], question: string): Promise<ListedRun | undefined> {
  if (runs.length === 0) throw new UserError(vscode.l10n.t('There is no such run in this workspace.'));
  if (runs.length === 1) return runs[0];
  return (await vscode.window.showQuickPick(runs.map(pickOf), { placeHolder: question, matchOnDescription: true }))
    ?.run;
}

/** Lets the user choose two or more runs to compare; empty when the user gives up. */
export async function pickRunsToCompare(list: RunList, picked: readonly ListedRun[]): Promise<ListedRun[]> {
  if (list.runs.length < 2)
    throw new UserError(vscode.l10n.t('Comparing needs two runs, and this workspace has {0}.', list.runs.length));
  const items = list.runs.map((run) => ({ ...pickOf(run), picked: picked.includes(run) }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    placeHolder: vscode.l10n.t('Which runs? Choose two or more.'),
  });
  if (!chosen) return [];
  if (chosen.length < 2) throw new UserError(vscode.l10n.t('Comparing needs at least two runs.'));
  return chosen.map(({ run }) => run);
}

/** Lets the user choose an experiment, without asking if there is only one: its newest run, or undefined. */
export async function pickExperiment(runs: readonly ListedRun[]): Promise<ListedRun | undefined> {
  const newest = byExperiment(runs).map((its) => ({ run: its[0]!, count: its.length }));
  if (newest.length <= 1)
    return pickRun(
      newest.map(({ run }) => run),
      '',
    );
  const items = newest.map(({ run, count }) => ({
    label: run.experiment,
    description: `${count === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', count)} · ${timeOf(run)}`,
    run,
  }));
  const placeHolder = vscode.l10n.t('Which experiment?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.run;
}

function timeOf({ created }: ListedRun): string {
  return new Date(created).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}

function pickOf(run: ListedRun): RunPick {
  const { accuracy } = summaryOf(run, null);
  const parts = [statusWord(run.status), ...(accuracy === null ? [] : [percent(accuracy)]), timeOf(run)];
  return { label: run.name, description: parts.join(' · '), run };
}
