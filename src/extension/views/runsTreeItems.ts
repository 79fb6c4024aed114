import { dataName } from '../../config/dataName';
import { networkName } from '../../config/networkName';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunHistory, ShownStatus } from '../../runs/model/history';
import { nextOf, type LostCheckpoints } from '../../runs/model/lostCheckpoints';
import { percent } from '../numbers';
import type { DamagedRun, ListedRun } from '../runs/runList';
import { isCopy } from '../runs/ownIds';
import { statusWord, summaryOf } from '../runs/summary';
import type { ExperimentNode } from './runsTreeNodes';

const icons: Readonly<Record<ShownStatus, { readonly name: string; readonly colour?: string }>> = {
  created: { name: 'watch' },
  running: { name: 'sync~spin', colour: 'charts.blue' },
  finished: { name: 'pass', colour: 'testing.iconPassed' },
  stopped: { name: 'circle-slash' },
  failed: { name: 'error', colour: 'testing.iconFailed' },
  lost: { name: 'debug-disconnect', colour: 'list.warningForeground' },
};

export function experimentItem(node: ExperimentNode): vscode.TreeItem {
  const { Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(node.name, Expanded);
  item.id = `experiment:${node.folder}:${node.name}`;
  item.contextValue = 'experiment';
  item.iconPath = new vscode.ThemeIcon('beaker');
  item.description = [...standOf(node), ...(node.place ? [node.place] : [])].join(' · ');
  return item;
}

/** `27 runs`, and while they train `3 of 27 finished · 2 running · 22 waiting`. */
function standOf({ runs }: ExperimentNode): string[] {
  const all = runs.length;
  const withStatus = (wanted: ShownStatus): number => runs.filter(({ run }) => run.status === wanted).length;
  const [waiting, running, failed] = [withStatus('created'), withStatus('running'), withStatus('failed')];
  const some = (count: number, words: string): string[] => (count === 0 ? [] : [words]);
  const active = [
    ...some(running, vscode.l10n.t('{0} running', running)),
    ...some(waiting, vscode.l10n.t('{0} waiting', waiting)),
  ];
  const total =
    all === 1
      ? vscode.l10n.t('1 run')
      : active.length === 0
        ? vscode.l10n.t('{0} runs', all)
        : vscode.l10n.t('{0} of {1} finished', withStatus('finished'), all);
  return [total, ...active, ...some(failed, vscode.l10n.t('{0} failed', failed))];
}

/** What is known of a run beside its folder's history. */
export interface AboutRun {
  /** Of a finished run. */
  readonly lost: LostCheckpoints | null;
  /** What Slurm says of it, in words. */
  readonly slurm: string | null;
  /** Of one that waits in the queue. */
  readonly place: number | null;
}

export function runItem(run: ListedRun, history: RunHistory | null, { lost, slurm, place }: AboutRun): vscode.TreeItem {
  const status = history?.status ?? run.status;
  const item = new vscode.TreeItem(shortName(run));
  item.id = `run:${run.id}`;
  const isIncomplete = status === 'finished' && lost?.how === 'damaged';
  item.contextValue = isIncomplete ? 'run.finished.incomplete' : `run.${status}`;
  item.iconPath = isIncomplete ? warningIcon() : iconOf(status);
  const description = descriptionOf(run, status, history, { lost: status === 'finished' ? lost : null, slurm, place });
  item.description = description;
  const isStatusTold = description.includes(statusWord(status));
  const label = [run.name, ...(isStatusTold ? [] : [statusWord(status)]), description];
  item.accessibilityInformation = { label: label.join(', ') };
  return item;
}

export function damagedItem({ folder, id, problem }: DamagedRun): vscode.TreeItem {
  const item = new vscode.TreeItem(id);
  item.id = `damaged:${folder}`;
  item.contextValue = 'damaged';
  item.iconPath = warningIcon();
  item.description = vscode.l10n.t('cannot be read');
  item.tooltip = problem;
  item.accessibilityInformation = { label: `${id}, ${item.description}: ${problem}` };
  return item;
}

/** Below its experiment a run needs only what sets it apart. */
function shortName({ name, experiment }: ListedRun): string {
  return name.startsWith(`${experiment}-`) ? name.slice(experiment.length + 1) : name;
}

function warningIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
}

function iconOf(status: ShownStatus): vscode.ThemeIcon {
  const { name, colour } = icons[status];
  return new vscode.ThemeIcon(name, colour ? new vscode.ThemeColor(colour) : undefined);
}

/** `epoch 3/12 · 54.1 % · −39.0 % FLOPs` while it trains, later with the time instead of the epoch. */
function descriptionOf(
  run: ListedRun,
  status: ShownStatus,
  history: RunHistory | null,
  { lost, slurm, place }: AboutRun,
): string {
  const { accuracy, saved, progress } = summaryOf(run, history);
  return [
    status === 'created' && place !== null
      ? vscode.l10n.t('waiting, number {0}', place)
      : (progress ?? (status === 'finished' ? null : statusWord(status))),
    status === 'finished' ? null : slurm,
    lost === null ? null : lossWord(lost),
    accuracy === null ? null : percent(accuracy),
    saved === null ? null : vscode.l10n.t('−{0} FLOPs', percent(saved)),
    progress === null ? shortTime(run.created) : null,
    isCopy(run) ? path.basename(run.folder) : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function lossWord({ how }: LostCheckpoints): string {
  return how === 'damaged' ? vscode.l10n.t('checkpoints damaged') : vscode.l10n.t('without checkpoints');
}

/** Of a run, when the mouse rests on it. */
export function runTooltip(
  run: ListedRun,
  history: RunHistory | null,
  lost: LostCheckpoints | null,
): vscode.MarkdownString {
  const status = history?.status ?? run.status;
  const { accuracy, saved, progress } = summaryOf(run, history);
  const { model, data, pruning } = run.config;
  const rows: [string, string][] = [
    [vscode.l10n.t('Status'), progress ? `${statusWord(status)}, ${progress}` : statusWord(status)],
    [vscode.l10n.t('Accuracy'), accuracy === null ? '–' : percent(accuracy)],
    [vscode.l10n.t('FLOPs saved'), saved === null ? '–' : percent(saved)],
    [vscode.l10n.t('Network'), `${networkName(model)}, ${dataName(data)}`],
    [vscode.l10n.t('Pruning'), `${pruning.criterion}, ${vscode.l10n.t('rate {0}', pruning.rate)}`],
    [vscode.l10n.t('Engine'), run.engine ? `${run.engine.name}, ${run.engine.device}` : '–'],
    [vscode.l10n.t('Started'), timeIn('whole', run.created)],
    [vscode.l10n.t('Folder'), path.basename(run.folder)],
  ];
  const text = new vscode.MarkdownString();
  // What a run folder says is text, not markup: it may come from somebody else.
  text.appendMarkdown(`**${escapeMarkdown(run.name)}**\n\n| | |\n|---|---|\n`);
  for (const [name, value] of rows) text.appendMarkdown(`| ${name} | ${escapeMarkdown(value)} |\n`);
  if (status === 'finished' && lost !== null)
    text
      .appendMarkdown('\n')
      .appendText(
        lost.how === 'removed'
          ? vscode.l10n.t('It has finished; {0}.', lost.what)
          : vscode.l10n.t('It has finished, but {0}. Resumed, it {1}.', lost.what, nextOf(lost)),
      );
  if (run.error) text.appendMarkdown('\n').appendText(run.error);
  return text;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&').replace(/\s+/g, ' ');
}

function shortTime(iso: string): string {
  const isToday = new Date(iso).toDateString() === new Date().toDateString();
  return timeIn(isToday ? 'clock' : 'dayAndClock', iso);
}

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const timeForms = {
  clock,
  dayAndClock: { day: 'numeric', month: 'short', ...clock },
  whole: {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;
type TimeForm = keyof typeof timeForms;

/** Made once each: making one takes longer than the rest of an item of the tree, of which there may be a thousand. */
const timeFormats = new Map<TimeForm, Intl.DateTimeFormat>();

/** What a manifest has for a time need not be one. */
function timeIn(form: TimeForm, iso: string): string {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return iso;
  const format = timeFormats.get(form) ?? new Intl.DateTimeFormat(vscode.env.language, timeForms[form]);
  timeFormats.set(form, format);
  return format.format(time);
}
