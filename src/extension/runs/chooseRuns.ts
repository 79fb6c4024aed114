import * as vscode from 'vscode';
import type { ResolvedRun } from '../../experiment/resolve';
import type { ListedRun } from '../../runs/folder/list';
import type { PresentRuns } from '../../runs/folder/presentRuns';
import { notificationText } from '../messages';
import { statusWord } from './summary';

/** More runs than these are started only by who has seen how many they are. */
const mostUnasked = 12;
const mostNamed = 8;

/**
 * Which runs of an experiment to start, in their order; none where the user wants none. Asks where some are there already, or where they are many:
 * `estimate` then says what they take, in a sentence or two.
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
  const buttons = [...(missing.length > 0 ? [others] : []), ...(there > 0 ? [again] : [])];
  const question = questionOf(there, all.length);
  const sentences = [...presentSentences(present), ...(missing.length > mostUnasked ? [await estimate()] : [])];
  const detail = notificationText(sentences.filter((sentence) => sentence !== '').join('\n'));
  const chosen = await vscode.window.showInformationMessage(question, { modal: true, detail }, ...buttons);
  if (chosen === again) return all;
  return chosen === others ? missing : [];
}

function questionOf(there: number, all: number): string {
  if (there === 0) return vscode.l10n.t('This starts {0} runs.', all);
  return all === 1
    ? vscode.l10n.t('This run is there already.')
    : vscode.l10n.t('{0} of {1} runs are there already.', there, all);
}

function presentSentences({ finished, active, halted }: PresentRuns): string[] {
  return [
    finished.length > 0 && vscode.l10n.t('Finished, and not trained again unless you want it: {0}.', names(finished)),
    active.length > 0 && vscode.l10n.t('In training or waiting for it: {0}.', names(active)),
    halted.length > 0 && vscode.l10n.t('Begun, so that they can be resumed: {0}.', names(halted)),
  ].filter((sentence) => sentence !== false);
}

function names(runs: readonly ListedRun[]): string {
  const told = runs
    .slice(0, mostNamed)
    .map(({ name, status }) => (status === 'finished' ? name : `${name} (${statusWord(status)})`));
  return [...told, ...(runs.length > mostNamed ? ['…'] : [])].join(', ');
}
