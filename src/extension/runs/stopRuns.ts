import * as vscode from 'vscode';
import { stopRun } from '../../runs/control/trainerProcess';
import { stopSubmitted } from '../../scheduling/slurm/stopSubmitted';
import { notificationText } from '../messages';
import { isActive, type ListedRun } from './runList';

/** Before the process is terminated it has time for a slow step and the checkpoint after it. */
const graceSeconds = 20;

/** Asks the user, then stops the runs and waits until they have ended. */
export async function stopRuns(runs: readonly ListedRun[], log: vscode.LogOutputChannel): Promise<void> {
  const active = runs.filter(isActive);
  if (active.length === 0 || !(await isConfirmed(active))) return;
  const title =
    active.length === 1
      ? vscode.l10n.t('Stopping {0} …', active[0]?.name ?? '')
      : vscode.l10n.t('Stopping {0} runs …', active.length);
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title: notificationText(title) }, async () => {
    // Waiting runs are stopped first, otherwise the next of them would start when the running one ends.
    for (const run of [...active].sort((a, b) => a.status.localeCompare(b.status))) {
      // What a run folder says of Slurm starts no process where nobody trusts it.
      const stop = vscode.workspace.isTrusted ? stopSubmitted : stopRun;
      const how = await stop(run.folder, { graceSeconds });
      log.info(`${run.id} was ${how === 'asked' ? 'asked to stop' : how}`);
    }
  });
}

async function isConfirmed(runs: readonly ListedRun[]): Promise<boolean> {
  const stop = vscode.l10n.t('Stop');
  const question =
    runs.length === 1 ? vscode.l10n.t('Stop {0}?', runs[0]?.name ?? '') : vscode.l10n.t('Stop {0} runs?', runs.length);
  const detail = vscode.l10n.t('What it has measured and its checkpoints are kept.');
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, stop)) === stop;
}
