import type { DamagedRun, ListedRun, RunList } from './runs/runList';
import { runIdsOf, type RunsTreeNode } from './views/runsTreeNodes';

/** The runs that a command is about. Both lists are empty when it was called from the palette. */
export interface RunTarget {
  readonly runs: readonly ListedRun[];
  readonly damaged: readonly DamagedRun[];
}

/** What a command is called with: run ids by views and messages; a node and the tree's selection by the tree. */
export type RunArguments = [argument?: string | readonly string[] | RunsTreeNode, selection?: readonly RunsTreeNode[]];

export function targetOf([argument, selection]: RunArguments, list: RunList): RunTarget {
  const nodes = selection ?? (isNode(argument) ? [argument] : []);
  const named = typeof argument === 'string' ? [argument] : isNode(argument) ? [] : (argument ?? []);
  return {
    runs: runsWithIds([...nodes.flatMap(runIdsOf), ...named], list),
    damaged: nodes.flatMap((node) => (node.kind === 'damaged' ? [node.run] : [])),
  };
}

/** The runs with these ids that are in the list, each once, in the order of the ids. */
export function runsWithIds(ids: readonly string[], list: RunList): ListedRun[] {
  return [...new Set(ids)].flatMap((id) => list.find(id) ?? []);
}

function isNode(argument: RunArguments[0]): argument is RunsTreeNode {
  return typeof argument === 'object' && 'kind' in argument;
}
