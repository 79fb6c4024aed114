import type { DamagedRun, ListedRun } from '../runs/runList';

/** Runs of one experiment; the newest first, as the list has them. */
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

/** Those that train, then those that wait, in the order in which they will, then the others as they come. */
export function byTurn(runs: readonly RunNode[], placeOf: (folder: string) => number | null): RunNode[] {
  const turnOf = ({ run: { status, folder } }: RunNode, index: number): number => {
    if (status === 'running') return 0;
    // Where nobody tells the order, as on a cluster, the oldest is likely to be the next.
    return status === 'created' ? (placeOf(folder) ?? Number.MAX_SAFE_INTEGER - index) : Infinity;
  };
  const turns = new Map(runs.map((node, index) => [node, turnOf(node, index)]));
  return [...runs].sort((one, other) => compare(turns.get(one)!, turns.get(other)!));
}

function compare(one: number, other: number): number {
  return one < other ? -1 : one > other ? 1 : 0;
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
