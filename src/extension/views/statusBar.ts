import * as vscode from 'vscode';
import type { RunHistory } from '../../runs/model/history';
import { Disposable } from '../disposable';
import { percent } from '../numbers';
import type { ActiveRuns } from '../runs/activeRuns';
import { summaryOf } from '../runs/summary';

/** The run that trains, in the status bar; nothing when none does. */
export class StatusBar extends Disposable {
  readonly #item = this.own(vscode.window.createStatusBarItem('sfpLab.run', vscode.StatusBarAlignment.Left, 10));

  constructor(private readonly active: ActiveRuns) {
    super();
    this.#item.name = 'SFP Lab';
    this.own(
      active.onDidChange(() => {
        this.#show();
      }),
    );
    this.#show();
  }

  #show(): void {
    const [first, ...others] = this.active.histories;
    if (!first) {
      this.#item.hide();
      return;
    }
    const text = lineOf(first);
    this.#item.text = `$(sync~spin) ${[text, ...besides(others)].join(' · ')}`;
    this.#item.tooltip = tooltipOf([first, ...others]);
    this.#item.accessibilityInformation = { label: vscode.l10n.t('SFP run: {0}', text), role: 'button' };
    this.#item.command = {
      title: vscode.l10n.t('Open dashboard'),
      command: 'sfpLab.openDashboard',
      arguments: [first.manifest.id],
    };
    this.#item.show();
  }
}

/** How many others train, and wait: `1 more, 25 waiting`. */
function besides(others: readonly RunHistory[]): string[] {
  const waiting = others.filter(({ status }) => status === 'created').length;
  const more = others.length - waiting;
  const parts = [
    ...(more > 0 ? [vscode.l10n.t('{0} more', more)] : []),
    ...(waiting > 0 ? [vscode.l10n.t('{0} waiting', waiting)] : []),
  ];
  return parts.length > 0 ? [parts.join(', ')] : [];
}

/** Longer tooltips leave the screen. */
const mostLines = 12;

function lineOf(run: RunHistory): string {
  const { progress, accuracy } = summaryOf(run.manifest, run);
  const parts = [`${run.manifest.name} ${progress ?? ''}`.trim(), ...(accuracy === null ? [] : [percent(accuracy)])];
  return parts.join(' · ');
}

function tooltipOf(runs: readonly RunHistory[]): string {
  const told = runs.slice(0, mostLines).map(lineOf);
  const more = runs.length - told.length;
  return [
    ...told,
    ...(more > 0 ? [vscode.l10n.t('and {0} more', more)] : []),
    vscode.l10n.t('Click to open the dashboard'),
  ].join('\n');
}
