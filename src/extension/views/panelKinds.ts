import * as path from 'node:path';
import * as vscode from 'vscode';
import { withBaselines } from '../runs/shownBaselines';
import type { ListedRun, RunList } from '../runs/runList';
import type { PanelKind } from './runsPanels';

/** One tab an experiment. */
export const dashboardKind: PanelKind = {
  viewType: 'sfpLab.dashboard',
  page: 'dashboard',
  keyOf: ([first], list) => {
    const run = first === undefined ? undefined : list.find(first);
    return run ? `${path.dirname(run.folder)}\n${run.experiment}` : '';
  },
  titleOf: ([first], list) => (first === undefined ? undefined : list.find(first))?.experiment ?? 'SFP Lab',
  complete: (ids, list) => withBaselines(ids, list.runs),
};

/** One tab for each set of compared runs. */
export const compareKind: PanelKind = {
  viewType: 'sfpLab.compare',
  page: 'compare',
  keyOf: (ids) => [...ids].sort().join('\n'),
  titleOf: (ids, list) => {
    const names = [...new Set(ids.flatMap((id) => list.find(id)?.name ?? []))];
    return names.length === 2
      ? vscode.l10n.t('{0} ↔ {1}', names[0] ?? '', names[1] ?? '')
      : vscode.l10n.t('Compare {0} runs', ids.length);
  },
};

/**
 * The runs that a dashboard shows for one of them, beside their baselines: it and, of every other run of its experiment, the one
 * nearest in time, which is the one that was started with it. They stand in the order they were started.
 */
export function siblings(run: ListedRun, list: RunList): string[] {
  const nearest = new Map<string, ListedRun>([[run.name, run]]);
  for (const other of list.runs) {
    if (other.baseline) continue;
    if (other.experiment !== run.experiment || path.dirname(other.folder) !== path.dirname(run.folder)) continue;
    const present = nearest.get(other.name);
    if (!present || distance(other, run) < distance(present, run)) nearest.set(other.name, other);
  }
  return [...nearest.values()].sort((a, b) => a.created.localeCompare(b.created)).map(({ id }) => id);
}

function distance(one: ListedRun, other: ListedRun): number {
  return Math.abs(Date.parse(one.created) - Date.parse(other.created));
}
