import type { ReadModel, ReadNode } from '../../../formats/onnx/readModel';

export interface NodeOrder {
  /**
   * Each after those whose outputs it reads; what is computed of constants alone comes first, so that an operator can look at
   * what the next one reads.
   */
  readonly nodes: readonly ReadNode[];
  /** Nodes that read what nothing gives, with the first such tensor's name, or null for those that wait for each other. */
  readonly left: readonly { readonly node: ReadNode; readonly missing: string | null }[];
  /** Names that two nodes give, or that a constant or an input has as well. */
  readonly doubled: readonly { readonly node: ReadNode; readonly name: string }[];
}

/** The nodes of a model in an order in which they can be computed, found in a time that grows with their number. */
export function nodeOrder({ inputs, tensors, nodes }: ReadModel): NodeOrder {
  const known = new Set(['', ...inputs.map(({ name }) => name), ...tensors.keys()]);
  const givers = new Set<string>();
  const doubled: NodeOrder['doubled'][number][] = [];
  for (const node of nodes)
    for (const name of node.outputs) {
      if (name === '') continue;
      if (known.has(name) || givers.has(name)) doubled.push({ node, name });
      givers.add(name);
    }
  const ordered = inOrder(nodes, known);
  const reached = new Set(ordered);
  const left = nodes
    .filter((node) => !reached.has(node))
    .map((node) => ({ node, missing: node.inputs.find((name) => !known.has(name) && !givers.has(name)) ?? null }));
  const constant = constantNodes(ordered, tensors);
  const first = ordered.filter((node) => constant.has(node));
  return { nodes: [...first, ...ordered.filter((node) => !constant.has(node))], left, doubled };
}

/** Kahn's algorithm; among nodes that can be computed the order of the file. */
function inOrder(nodes: readonly ReadNode[], known: ReadonlySet<string>): ReadNode[] {
  const waiting = new Map<ReadNode, number>();
  const readers = new Map<string, ReadNode[]>();
  for (const node of nodes) {
    const open = new Set(node.inputs.filter((name) => !known.has(name)));
    waiting.set(node, open.size);
    for (const name of open) {
      const others = readers.get(name);
      if (others) others.push(node);
      else readers.set(name, [node]);
    }
  }
  const ordered = nodes.filter((node) => waiting.get(node) === 0);
  const given = new Set<string>();
  for (const node of ordered)
    for (const name of node.outputs) {
      if (given.has(name)) continue;
      given.add(name);
      for (const reader of readers.get(name) ?? []) {
        const open = waiting.get(reader)! - 1;
        waiting.set(reader, open);
        if (open === 0) ordered.push(reader);
      }
    }
  return inFileOrder(nodes, ordered, known);
}

/** A file whose nodes are in order, as the format wants it, stays in its own. */
function inFileOrder(nodes: readonly ReadNode[], ordered: readonly ReadNode[], known: ReadonlySet<string>): ReadNode[] {
  const reached = new Set(ordered);
  const own = nodes.filter((node) => reached.has(node));
  const given = new Set(known);
  for (const node of own) {
    if (!node.inputs.every((name) => given.has(name))) return [...ordered];
    for (const name of node.outputs) given.add(name);
  }
  return own;
}

function constantNodes(ordered: readonly ReadNode[], tensors: ReadModel['tensors']): ReadonlySet<ReadNode> {
  const known = new Set(['', ...tensors.keys()]);
  const constant = new Set<ReadNode>();
  for (const node of ordered) {
    if (!node.inputs.every((name) => known.has(name))) continue;
    constant.add(node);
    for (const name of node.outputs) known.add(name);
  }
  return constant;
}
