import { isActive, type DamagedRun, type ListedRun } from '../runs/runList';

/** Runs of one experiment, the newest first. */
export interface ExperimentNode {
  readonly kind: 'experiment';
  readonly name: string;
  readonly folder: string;
  /** The folder's name, when there are experiments in several. */
  readonly place: string | null;
  readonly runs: readonly RunNode[];
}
export interface RunNode {
  readonly kind: 'run';
  readonly run: ListedRun;
}
export interface DamagedNode {
  readonly kind: 'damaged';
  readonly run: DamagedRun;
}
export type RunsTreeNode = ExperimentNode | RunNode | DamagedNode;

/** Whether something of an experiment still trains. */
export function hasActiveRuns({ runs }: ExperimentNode): boolean {
  return runs.some(({ run }) => isActive(run));
}

export function runIdsOf(node: RunsTreeNode): string[] {
  switch (node.kind) {
    case 'experiment':
      return node.runs.map(({ run }) => run.id);
    case 'run':
      return [node.run.id];
    case 'damaged':
      return [];
  }
}
