import * as vscode from 'vscode';
import type { ResolvedRun } from '../../experiment/resolve';
import type { ListedRun } from '../../runs/folder/list';
import type { PresentRuns } from '../../runs/folder/presentRuns';
import { notificationText } from '../messages';
import { statusWord } from './summary';

/** More runs than these are started only by who has seen how many they are. */
const mostUnasked = 12;
const mostNamed = 4;

/**
 * Which runs of an experiment to start, in their order; none where the user wants none, or wants to see those that are there. Asks
 * where some are there already, or where they are many: `estimate` then says what they take, in a sentence or two.
 */
export async function chooseRuns(
  all: readonly ResolvedRun[],
  present: PresentRuns,
  estimate: () => Promise<string>,
): Promise<readonly ResolvedRun[]> {
  const { missing } = present;
  const there = all.length - missing.length;
  if (there === 0 && all.length <= mostUnasked) return all;
  const again = all.length === 1 ? vscode.l10n.t('Train it again') : vscode.l10n.t('Train all {0} again', all.length);
  const others =
    there === 0 ? vscode.l10n.t('Start {0} runs', all.length) : vscode.l10n.t('Train the other {0}', missing.length);
  const show = all.length === 1 ? vscode.l10n.t('Show it') : vscode.l10n.t('Show them');
  // What Enter takes comes first, and it must not train twice what trains already.
  const buttons = [missing.length > 0 ? others : show, ...(there > 0 ? [again] : [])];
  const question = questionOf(there, all.length);
  const sentences = [...presentSentences(present), ...(missing.length > mostUnasked ? [await estimate()] : [])];
  const detail = notificationText(sentences.filter((sentence) => sentence !== '').join('\n'));
  const chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, ...buttons);
  if (chosen === again) return all;
  if (chosen === show) await showRuns(present);
  return chosen === others ? missing : [];
}

async function showRuns({ active, halted, finished }: PresentRuns): Promise<void> {
  const ids = [...active, ...halted, ...finished].map(({ id }) => id);
  await vscode.commands.executeCommand('sfpLab.openDashboard', ids);
}

function questionOf(there: number, all: number): string {
  if (there === 0) return vscode.l10n.t('This starts {0} runs.', all);
  return all === 1
    ? vscode.l10n.t('This run is there already.')
    : vscode.l10n.t('{0} of {1} runs are there already.', there, all);
}

function presentSentences({ finished, active, halted }: PresentRuns): string[] {
  const [running, waiting] = ['running', 'created'].map((wanted) => active.filter(({ status }) => status === wanted));
  return [
    finished.length > 0 && vscode.l10n.t('Finished, and not trained again unless you want it: {0}.', names(finished)),
    running!.length > 0 && vscode.l10n.t('In training: {0}.', names(running!)),
    waiting!.length > 0 && vscode.l10n.t('Waiting for it: {0}.', names(waiting!)),
    halted.length > 0 && vscode.l10n.t('Begun, so that they can be resumed: {0}.', names(halted)),
  ].filter((sentence) => sentence !== false);
}

/** The first of them, and how many more there are. */
function names(runs: readonly ListedRun[]): string {
  const told = runs
    .slice(0, mostNamed)
    .map(({ name, status }) => (status === 'stopped' || status === 'lost' ? `${name} (${statusWord(status)})` : name));
  const more = runs.length - told.length;
  return more === 0 ? told.join(', ') : vscode.l10n.t('{0} and {1} more', told.join(', '), more);
}
