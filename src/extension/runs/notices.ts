import * as vscode from 'vscode';
import type { RunHistory } from '../../runs/model/history';
import { Disposable } from '../disposable';
import { lacksTensorflow } from '../engines/missingEngine';
import { percent } from '../numbers';
import { showMessage, type MessageButton } from '../messages';
import type { ActiveRuns } from './activeRuns';
import { summaryOf } from './summary';

/** Notifications: one when the last run of an experiment has finished, and one for each run that failed or was lost. */
export class Notices extends Disposable {
  readonly #finished = new Map<string, RunHistory[]>();

  constructor(private readonly active: ActiveRuns) {
    super();
    this.own(
      active.onDidEnd((run) => {
        this.#tell(run);
      }),
    );
  }

  #tell(run: RunHistory): void {
    const { id, name } = run.manifest;
    switch (run.status) {
      case 'finished':
        this.#keep(run);
        break;
      case 'failed':
        void tellFailed(run);
        break;
      case 'lost':
        void showMessage(
          'warning',
          vscode.l10n.t('{0} is lost: its training process ended without a word. Its log may say why.', name),
          [resume(id), openLog(id), openDashboard(id)],
        );
        break;
      case 'stopped':
      case 'created':
      case 'running':
        break;
    }
    this.#tellFinished(run.manifest.experiment);
  }

  #keep(run: RunHistory): void {
    const { experiment } = run.manifest;
    this.#finished.set(experiment, [...(this.#finished.get(experiment) ?? []), run]);
  }

  #tellFinished(experiment: string): void {
    if (this.active.histories.some(({ manifest }) => manifest.experiment === experiment)) return;
    const runs = this.#finished.get(experiment) ?? [];
    this.#finished.delete(experiment);
    const [first] = runs;
    if (!first) return;
    const ids = runs.map(({ manifest }) => manifest.id);
    const compare = {
      title: vscode.l10n.t('Compare'),
      act: () => vscode.commands.executeCommand('sfpLab.compareRuns', ids),
    };
    void showMessage('information', sentence(experiment, runs), [
      openDashboard(first.manifest.id),
      ...(runs.length > 1 ? [compare] : []),
    ]);
  }
}

async function tellFailed({ manifest, outcome }: RunHistory): Promise<void> {
  const { id, name, error } = manifest;
  const setUp = {
    title: vscode.l10n.t('Set up TensorFlow'),
    act: () => vscode.commands.executeCommand('sfpLab.setUpTensorflow'),
  };
  await showMessage('error', vscode.l10n.t('{0} failed: {1}', name, error ?? outcome?.type ?? ''), [
    // There is room for two buttons, and the log would only repeat that TensorFlow is missing.
    (await lacksTensorflow(manifest)) ? setUp : openLog(id),
    openDashboard(id),
  ]);
}

function sentence(experiment: string, runs: readonly RunHistory[]): string {
  const scored = runs
    .map((run) => ({ name: run.manifest.name, accuracy: summaryOf(run.manifest, run).accuracy ?? 0 }))
    .sort((a, b) => b.accuracy - a.accuracy);
  const best = scored[0] ?? { name: experiment, accuracy: 0 };
  return runs.length === 1
    ? vscode.l10n.t('{0} has finished with an accuracy of {1}.', best.name, percent(best.accuracy))
    : vscode.l10n.t(
        '{0}: {1} runs have finished, best {2} with {3}.',
        experiment,
        runs.length,
        best.name,
        percent(best.accuracy),
      );
}

function openDashboard(id: string): MessageButton {
  return {
    title: vscode.l10n.t('Open dashboard'),
    act: () => vscode.commands.executeCommand('sfpLab.openDashboard', id),
  };
}

function resume(id: string): MessageButton {
  return { title: vscode.l10n.t('Resume'), act: () => vscode.commands.executeCommand('sfpLab.resumeRun', id) };
}

function openLog(id: string): MessageButton {
  return { title: vscode.l10n.t('Open log'), act: () => vscode.commands.executeCommand('sfpLab.openLog', id) };
}
