import * as path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../base/errors';
import { canGoOn } from '../runs/model/history';
import { CommandLine } from './commandLine';
import { pickConfig } from './config/configFiles';
import { newConfig } from './config/newConfig';
import { diagnose } from './diagnose';
import { Disposable } from './disposable';
import { TensorflowSetUp } from './engines/tensorflowSetUp';
import { pruneNetwork } from './networks/pruneNetwork';
import type { ProblemMessages } from './problemMessages';
import { compactRun, tellCompacted } from './runs/compactRun';
import { deleteRuns } from './runs/deleteRuns';
import type { MachineQueue } from './runs/machineQueue';
import { measureSensitivity } from './runs/measureSensitivity';
import { exportRun } from './runs/exportRun';
import { openConfig, openLog, revealRun } from './runs/openRun';
import { pickExperiment, pickRun, pickRunsToCompare } from './runs/pickRuns';
import { trainBaselines } from './runs/trainBaselines';
import { reportRuns } from './runs/reportRuns';
import { resumeRuns } from './runs/resumeRuns';
import type { CheckpointLosses } from './runs/checkpointLosses';
import { isActive, type ListedRun, type RunList } from './runs/runList';
import type { SelectedRun } from './runs/selectedRun';
import { chooseRunsAtOnce } from './runs/chooseRunsAtOnce';
import { startRuns } from './runs/startRun';
import { goOn, move, pause, retry } from './runs/steerQueue';
import { submitRuns } from './runs/submitRuns';
import { tellNotBegun, tellPaused } from './runs/tellNotBegun';
import { stopRuns } from './runs/stopRuns';
import type { StartedRuns } from './runs/trainingProcess';
import { writeSuggestedRates } from './runs/writeSuggestedRates';
import { runsWithIds, targetOf, type RunArguments, type RunTarget } from './runTarget';
import type { LayersView } from './views/layersView';
import { siblings } from './views/panelKinds';
import type { RunsPanels } from './views/runsPanels';
import type { RunsTree } from './views/runsTree';

/** Points of accuracy that a layer alone may cost, as a fraction. */
const usualDrop = 0.01;

const moves = [
  ['moveRunFirst', 'first'],
  ['moveRunUp', 'up'],
  ['moveRunDown', 'down'],
] as const;

export interface CommandContext {
  readonly extension: vscode.Extension<unknown>;
  readonly log: vscode.LogOutputChannel;
  readonly problems: ProblemMessages;
  readonly list: RunList;
  readonly queue: MachineQueue;
  readonly losses: CheckpointLosses;
  readonly selected: SelectedRun;
  readonly tree: RunsTree;
  readonly layers: LayersView;
  readonly dashboards: RunsPanels;
  readonly comparisons: RunsPanels;
}

/** The run that a baseline is shown beside; any other run is itself. */
function judgedRun(run: ListedRun, list: RunList): ListedRun {
  return (run.baseline && list.find(run.baseline.of)) ?? run;
}

/** Runs that were just started, or, where they are all baselines, the dashboard that they belong in. */
function shownIds(ids: readonly string[], list: RunList): readonly string[] {
  const runs = runsWithIds(ids, list);
  const [first] = runs;
  const judged = first && judgedRun(first, list);
  return judged && runs.every(({ baseline }) => baseline) ? siblings(judged, list) : ids;
}

/**
 * The commands of the extension. Called from the palette, a command asks which runs it is about; opening the dashboard and
 * comparing take those that are selected in the tree.
 */
export class Commands extends Disposable {
  constructor(private readonly context: CommandContext) {
    super();
    this.#register('startRun', (file?: vscode.Uri) => this.#start(file));
    this.#register('newConfig', newConfig);
    const setUp = this.own(new TensorflowSetUp(context.extension, context.log, context.problems));
    this.#register('setUpTensorflow', (file?: vscode.Uri) => setUp.run(file));
    this.#registerForRuns('resumeRun', (target) => this.#resume(target));
    this.#registerForRuns('stopRun', (target) => this.#stop(target));
    this.#registerQueue();
    this.#registerForRuns('openDashboard', (target) => this.#openDashboard(target));
    this.#registerForRuns('compareRuns', (target) => this.#compare(target));
    this.#registerSuggestedRates();
    this.#registerRevealLayer();
    const commandLine = this.own(new CommandLine(context.extension));
    this.#register('diagnose', () => diagnose(commandLine));
    this.#register('submitRuns', (file) => this.#submit(file instanceof vscode.Uri ? file : undefined, commandLine));
    this.#register('pruneNetwork', (file) => pruneNetwork(file instanceof vscode.Uri ? file : undefined, commandLine));
    this.#registerForRuns('trainBaselines', (target) => this.#trainBaselines(target, commandLine));
    this.#registerForRuns('measureSensitivity', (target) =>
      this.#withOne(target, (run) => measureSensitivity(run, commandLine, context.log)),
    );
    this.#registerForRuns('compactRun', (target) => this.#compact(target, commandLine));
    this.#registerForRuns('exportRun', (target) => this.#withOne(target, (run) => exportRun(run, commandLine)));
    this.#registerForRuns('reportRuns', (target) => this.#report(target, commandLine));
    this.#registerForRuns('openConfig', (target) => this.#withOne(target, openConfig));
    this.#registerForRuns('openLog', (target) => this.#withOne(target, openLog));
    this.#registerForRuns('revealRun', (target) => this.#reveal(target));
    this.#registerForRuns('deleteRun', (target) => this.#delete(target));
  }

  #register(name: string, act: (argument?: vscode.Uri) => Promise<void>): void {
    const guarded = (argument?: vscode.Uri) => this.context.problems.guard(() => act(argument));
    this.own(vscode.commands.registerCommand(`sfpLab.${name}`, guarded));
  }

  #registerForRuns(name: string, act: (target: RunTarget) => Promise<void>): void {
    const guarded = (...called: RunArguments) =>
      this.context.problems.guard(async () => {
        await this.context.list.ready;
        await act(targetOf(called, this.context.list));
      });
    this.own(vscode.commands.registerCommand(`sfpLab.${name}`, guarded));
  }

  #registerQueue(): void {
    const { extension } = this.context;
    const steer = (name: string, act: () => Promise<unknown>): void => {
      this.#register(name, async () => {
        await act();
        await this.context.queue.refresh();
      });
    };
    steer('pauseQueue', pause);
    steer('continueQueue', () => goOn(extension));
    steer('runsAtOnce', chooseRunsAtOnce);
    steer('retryQueue', async () => {
      const started = await retry(extension);
      if (started) await this.#show(started);
    });
    for (const [name, where] of moves)
      this.#registerForRuns(name, async ({ runs }) => {
        const waiting = this.context.list.runs.filter(({ status }) => status === 'created');
        const run = runs[0] ?? (await pickRun(waiting, vscode.l10n.t('Which run that waits?')));
        if (run) await move(run, where);
        await this.context.queue.refresh();
      });
  }

  /** Called by the dashboard with what a layer may cost; by the tree and the palette it is one point. */
  #registerSuggestedRates(): void {
    const write = (...[argument, second]: [RunArguments[0]?, unknown?]) =>
      this.context.problems.guard(async () => {
        await this.context.list.ready;
        const drop = typeof second === 'number' ? second : usualDrop;
        await this.#withOne(targetOf(argument === undefined ? [] : [argument], this.context.list), (run) =>
          writeSuggestedRates(run, drop),
        );
      });
    this.own(vscode.commands.registerCommand('sfpLab.writeSuggestedRates', write));
  }

  /** Called by pages alone, which know the layers. */
  #registerRevealLayer(): void {
    const reveal = (runId: unknown, layer: unknown) =>
      this.context.problems.guard(async () => {
        await this.context.list.ready;
        if (typeof runId === 'string' && typeof layer === 'string') await this.context.layers.reveal(runId, layer);
      });
    this.own(vscode.commands.registerCommand('sfpLab.revealLayer', reveal));
  }

  async #start(given?: vscode.Uri): Promise<void> {
    const file = given instanceof vscode.Uri ? given : await pickConfig();
    if (file) await this.startRuns(file);
  }

  /** Starts the runs of a config and shows them. Returns their folders: none where the user wants none, or was told why not. */
  async startRuns(file: vscode.Uri): Promise<readonly string[]> {
    const started = await startRuns(file, this.context.extension);
    if (!started) return [];
    await this.#show(started);
    return started.folders;
  }

  async #submit(given: vscode.Uri | undefined, commandLine: CommandLine): Promise<void> {
    const file = given ?? (await pickConfig());
    const submitted = file && (await submitRuns(file, commandLine));
    if (submitted === undefined) return;
    const { list, dashboards } = this.context;
    await list.include(submitted.runsFolder);
    const ids = submitted.ids.filter((id) => list.find(id) !== undefined);
    if (ids.length > 0) dashboards.open(shownIds(ids, list), vscode.ViewColumn.Beside);
  }

  async #resume({ runs }: RunTarget): Promise<void> {
    const ended = this.context.list.runs.filter(({ folder, status }) =>
      canGoOn({ status, lostCheckpoints: this.context.losses.of({ folder, status }) }),
    );
    if (runs.length === 0 && ended.length === 0)
      throw new UserError(vscode.l10n.t('No run was stopped, failed or lost, so none can go on.'));
    const meant = runs.length > 0 ? runs : await this.#picked(ended, vscode.l10n.t('Which run shall go on?'));
    const started = await resumeRuns(meant, this.context.extension);
    if (started) await this.#show(started);
  }

  async #trainBaselines({ runs }: RunTarget, commandLine: CommandLine): Promise<void> {
    const { list, extension } = this.context;
    const judged = list.runs.filter((run) => !run.baseline);
    if (runs.length === 0 && judged.length === 0)
      throw new UserError(vscode.l10n.t('There is no run in this workspace that could have baselines.'));
    const [named] = runs;
    const run = named ? judgedRun(named, list) : await pickRun(judged, vscode.l10n.t('Baselines of which run?'));
    const started = run && (await trainBaselines(run, list, commandLine, extension));
    if (started) await this.#show(started);
  }

  /** Opens the dashboard of runs whose process was just started, and watches that the process begins to train. */
  async #show({ folders, pid, paused, begun }: StartedRuns): Promise<void> {
    const { list, selected, dashboards, log } = this.context;
    log.info(`The queue, process ${pid}, trains ${folders.map((folder) => path.basename(folder)).join(', ')}`);
    await list.include(path.dirname(folders[0]));
    void begun.then((hasBegun) => (hasBegun ? undefined : tellNotBegun(folders[0], list)));
    if (paused !== null) void tellPaused(paused.why);
    const ids = folders.flatMap((folder) => list.at(folder)?.id ?? []);
    selected.followTraining();
    dashboards.open(shownIds(ids, list), vscode.ViewColumn.Beside);
  }

  async #stop({ runs }: RunTarget): Promise<void> {
    const { list, log } = this.context;
    const active = list.runs.filter(isActive);
    if (runs.length === 0 && active.length === 0) throw new UserError(vscode.l10n.t('No run is training.'));
    const meant = runs.length > 0 ? runs : await this.#picked(active, vscode.l10n.t('Which run shall stop?'));
    await stopRuns(meant, log);
    await list.refresh();
  }

  async #openDashboard({ runs }: RunTarget): Promise<void> {
    const { list, tree, dashboards } = this.context;
    const run = [...runs, ...runsWithIds(tree.selection, list)][0] ?? (await pickExperiment(list.runs));
    if (run) dashboards.open(siblings(judgedRun(run, list), list), vscode.ViewColumn.Beside);
  }

  async #compare({ runs }: RunTarget): Promise<void> {
    const { list, tree, comparisons } = this.context;
    const named = runs.length > 0 ? runs : runsWithIds(tree.selection, list);
    const compared = named.length >= 2 ? named : await pickRunsToCompare(list, named);
    if (compared.length < 2) return;
    // The others are compared with the run that was started first.
    const ids = [...compared].sort((a, b) => a.created.localeCompare(b.created)).map(({ id }) => id);
    comparisons.open(ids, vscode.ViewColumn.Active);
  }

  async #report({ runs }: RunTarget, commandLine: CommandLine): Promise<void> {
    const { list, tree } = this.context;
    const named = runs.length > 0 ? runs : runsWithIds(tree.selection, list);
    await reportRuns(named.length > 0 ? named : await pickRunsToCompare(list, []), commandLine);
  }

  async #compact({ runs }: RunTarget, commandLine: CommandLine): Promise<void> {
    const ended = this.context.list.runs.filter((run) => !isActive(run));
    const run = runs[0] ?? (await pickRun(ended, vscode.l10n.t('Which run shall be compacted?')));
    const certificate = run && (await compactRun(run, commandLine));
    if (!certificate) return;
    tellCompacted(run, certificate, () => vscode.commands.executeCommand('sfpLab.compactRun', run.id));
  }

  async #withOne({ runs }: RunTarget, act: (run: ListedRun) => Promise<void>): Promise<void> {
    const run = await this.#one(runs);
    if (run) await act(run);
  }

  async #reveal({ runs, damaged }: RunTarget): Promise<void> {
    const folder = damaged[0]?.folder ?? (await this.#one(runs))?.folder;
    if (folder !== undefined) await revealRun(folder);
  }

  async #delete({ runs, damaged }: RunTarget): Promise<void> {
    const { list } = this.context;
    const active = runs.find(isActive);
    if (active) throw new UserError(vscode.l10n.t('{0} is still training: stop it first.', active.name));
    const named = [...runs, ...damaged.map(({ id, folder }) => ({ name: id, folder }))];
    const ended = list.runs.filter((run) => !isActive(run));
    const meant = named.length > 0 ? named : await this.#picked(ended, vscode.l10n.t('Which run shall be deleted?'));
    if (meant.length > 0) await deleteRuns(meant);
    await list.refresh();
  }

  /** The first of the named runs; without one, the user is asked. */
  async #one(named: readonly ListedRun[]): Promise<ListedRun | undefined> {
    return named[0] ?? (await pickRun(this.context.list.runs, vscode.l10n.t('Which run?')));
  }

  async #picked(among: readonly ListedRun[], question: string): Promise<ListedRun[]> {
    const run = await pickRun(among, question);
    return run ? [run] : [];
  }
}
