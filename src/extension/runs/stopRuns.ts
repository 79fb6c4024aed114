import * as vscode from 'vscode';
import { stopRun } from '../../runs/control/trainerProcess';
import { isActive, type ListedRun } from './runList';

/** Long enough for a slow step and the checkpoint after it, before the process is made to end. */
const graceSeconds = 20;

/** Asks, then stops the runs and waits until they have ended. */
export async function stopRuns(runs: readonly ListedRun[], log: vscode.LogOutputChannel): Promise<void> {
  const active = runs.filter(isActive);
  if (active.length === 0 || !(await isConfirmed(active))) return;
  const title =
    active.length === 1
      ? vscode.l10n.t('Stopping {0} …', active[0]?.name ?? '')
      : vscode.l10n.t('Stopping {0} runs …', active.length);
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, async () => {
    // Those that wait first, or the next one would start when the first has ended.
    for (const run of [...active].sort((a, b) => a.status.localeCompare(b.status))) {
      const how = await stopRun(run.folder, { graceSeconds });
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
