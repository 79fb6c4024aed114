import * as path from 'node:path';
import * as vscode from 'vscode';
import { Disposable } from '../disposable';
import type { CheckpointLosses } from '../runs/checkpointLosses';
import type { MachineQueue } from '../runs/machineQueue';
import type { FollowedRuns } from '../runs/followedRuns';
import type { ListedRun, RunList } from '../runs/runList';
import { byExperiment, experimentFolderOf } from '../runs/runsFolders';
import type { SlurmStates } from '../runs/slurmStates';
import { damagedItem, experimentItem, runItem, runTooltip } from './runsTreeItems';
import { byTurn, runIdsOf, type ExperimentNode, type RunNode, type RunsTreeNode } from './runsTreeNodes';

/** What is told of runs that their folders do not tell, or only seldom. */
export interface AboutRuns {
  readonly losses: CheckpointLosses;
  readonly slurm: Pick<SlurmStates, 'of' | 'onDidChange'>;
  readonly queue: Pick<MachineQueue, 'placeOf' | 'paused' | 'onDidChange'>;
}

/** The Runs view: every run of the workspace, by experiment. */
export class RunsTree extends Disposable implements vscode.TreeDataProvider<RunsTreeNode> {
  readonly #changed = this.own(new vscode.EventEmitter<RunsTreeNode | undefined>());
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<RunsTreeNode>;
  readonly #selected = this.own(new vscode.EventEmitter<string>());
  /** The id of a run that the user has selected. */
  readonly onDidSelect = this.#selected.event;
  #nodes: readonly RunsTreeNode[] = [];
  #nodesOfRuns = new Map<string, RunNode>();

  constructor(
    private readonly list: RunList,
    private readonly followed: FollowedRuns,
    private readonly about: AboutRuns,
  ) {
    super();
    this.#arrange();
    this.#view = this.own(
      vscode.window.createTreeView('sfpLab.runs', {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.own(
      list.onDidChange(() => {
        this.#arrange();
        this.#changed.fire(undefined);
      }),
    );
    for (const seldom of [about.losses, about.slurm, about.queue])
      this.own(
        seldom.onDidChange(() => {
          this.#changed.fire(undefined);
        }),
      );
    this.own(
      about.queue.onDidChange(() => {
        this.#tellPause();
      }),
    );
    this.own(
      followed.onDidAdvance(({ id }) => {
        this.#changed.fire(this.#nodesOfRuns.get(id));
      }),
    );
    this.own(
      this.#view.onDidChangeSelection(({ selection }) => {
        this.#tellSelection(selection);
      }),
    );
  }

  /** Ids of the selected runs, an experiment standing for all of its runs. */
  get selection(): string[] {
    return this.#view.selection.flatMap(runIdsOf);
  }

  getChildren(node?: RunsTreeNode): RunsTreeNode[] {
    if (!node) return [...this.#nodes];
    return node.kind === 'experiment' ? byTurn(node.runs, (folder) => this.about.queue.placeOf(folder)) : [];
  }

  getTreeItem(node: RunsTreeNode): vscode.TreeItem {
    switch (node.kind) {
      case 'experiment':
        return experimentItem(node);
      case 'run':
        return this.#runItem(node.run);
      case 'damaged':
        return damagedItem(node.run);
    }
  }

  #runItem(run: ListedRun): vscode.TreeItem {
    const history = this.followed.historyOf(run.id);
    const { losses, slurm, queue } = this.about;
    return runItem(run, history, {
      lost: losses.of(run),
      slurm: slurm.of(run.folder),
      place: queue.placeOf(run.folder),
    });
  }

  #tellPause(): void {
    const { paused } = this.about.queue;
    this.#view.message = paused === null ? '' : (paused.why ?? vscode.l10n.t('The queue is paused.'));
  }

  /** What is seen only when the mouse rests on an item is made only then. */
  resolveTreeItem(item: vscode.TreeItem, node: RunsTreeNode): vscode.TreeItem {
    if (node.kind === 'run')
      item.tooltip = runTooltip(node.run, this.followed.historyOf(node.run.id), this.about.losses.of(node.run));
    return item;
  }

  getParent(node: RunsTreeNode): RunsTreeNode | undefined {
    return this.#nodes.find((other) => other.kind === 'experiment' && other.runs.some((run) => run === node));
  }

  #arrange(): void {
    const folders = new Set(this.list.runs.map((run) => experimentFolderOf(run.folder)));
    const experiments = byExperiment(this.list.runs).map((runs) => experimentOf(runs, folders.size > 1));
    this.#nodes = [...experiments, ...this.list.damaged.map((run) => ({ kind: 'damaged', run }) as const)];
    this.#nodesOfRuns = new Map(experiments.flatMap(({ runs }) => runs.map((node) => [node.run.id, node])));
  }

  #tellSelection(selection: readonly RunsTreeNode[]): void {
    const last = selection.at(-1);
    if (last?.kind === 'run') this.#selected.fire(last.run.id);
  }
}

function experimentOf(runs: readonly ListedRun[], severalFolders: boolean): ExperimentNode {
  const first = runs[0]!;
  return {
    kind: 'experiment',
    name: first.experiment,
    folder: experimentFolderOf(first.folder),
    place: severalFolders ? path.basename(experimentFolderOf(first.folder)) : null,
    runs: runs.map((run) => ({ kind: 'run', run })),
  };
}
