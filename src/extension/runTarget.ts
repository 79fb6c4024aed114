import type { DamagedRun, ListedRun, RunList } from './runs/runList';
import { runIdsOf, type RunsTreeNode } from './views/runsTreeNodes';

/** What a command is about. Both are empty when it was called from the palette, without saying. */
export interface RunTarget {
  readonly runs: readonly ListedRun[];
  readonly damaged: readonly DamagedRun[];
}

/** What a command was called with: run ids from our own views and messages; from the tree a node, and then the selection it is in. */
export type RunArguments = [argument?: string | readonly string[] | RunsTreeNode, selection?: readonly RunsTreeNode[]];

export function targetOf([argument, selection]: RunArguments, list: RunList): RunTarget {
  const nodes = selection ?? (isNode(argument) ? [argument] : []);
  const named = typeof argument === 'string' ? [argument] : isNode(argument) ? [] : (argument ?? []);
  return {
    runs: runsWithIds([...nodes.flatMap(runIdsOf), ...named], list),
    damaged: nodes.flatMap((node) => (node.kind === 'damaged' ? [node.run] : [])),
  };
}

/** The listed ones among these, each once, in this order. */
export function runsWithIds(ids: readonly string[], list: RunList): ListedRun[] {
  return [...new Set(ids)].flatMap((id) => list.find(id) ?? []);
}

function isNode(argument: RunArguments[0]): argument is RunsTreeNode {
  return typeof argument === 'object' && 'kind' in argument;
}
