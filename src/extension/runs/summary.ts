import * as vscode from 'vscode';
import type { RunManifest } from '../../runs/model/format';
import { savedMultiplyAdds, type RunHistory, type ShownStatus } from '../../runs/model/history';
import { percent } from '../numbers';

/** What the tree and the status bar show of a run: from its history if the run is followed, else from its manifest. */
export interface RunSummary {
  /** As a fraction: on the test images once the run has ended, before that on the validation images after the newest epoch. */
  readonly accuracy: number | null;
  /** Fraction of the multiply-adds that the compact network saves, counted exactly; null where the network is compact itself. */
  readonly saved: number | null;
  /** What the run is doing, such as `epoch 3/12`; null when it has ended. */
  readonly progress: string | null;
}

export function summaryOf(manifest: Pick<RunManifest, 'summary' | 'baseline'>, history: RunHistory | null): RunSummary {
  return {
    accuracy: accuracyOf(manifest, history),
    saved: savedMultiplyAdds({ ...history, manifest })?.exact ?? null,
    progress: history ? progressOf(history) : null,
  };
}

function accuracyOf({ summary }: Pick<RunManifest, 'summary'>, history: RunHistory | null): number | null {
  const newest = history?.epochs.at(-1);
  const evaluation = summary?.test ?? newest?.after ?? newest?.before ?? summary?.validation;
  return evaluation?.accuracy ?? null;
}

function progressOf({ status, preparing, started, epochs, manifest }: RunHistory): string | null {
  if (status === 'created') return vscode.l10n.t('waiting');
  if (status !== 'running') return null;
  if (preparing)
    return preparing.fraction === null ? preparing.message : `${preparing.message} ${percent(preparing.fraction)}`;
  if (!started) return vscode.l10n.t('starting');
  const total = manifest.config.training.epochs;
  return vscode.l10n.t('epoch {0}/{1}', Math.min(epochs.length + 1, total), total);
}

export function statusWord(status: ShownStatus): string {
  const words: Record<ShownStatus, string> = {
    created: vscode.l10n.t('waiting'),
    running: vscode.l10n.t('running'),
    finished: vscode.l10n.t('finished'),
    stopped: vscode.l10n.t('stopped'),
    failed: vscode.l10n.t('failed'),
    lost: vscode.l10n.t('lost'),
  };
  return words[status];
}
