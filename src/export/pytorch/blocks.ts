import type { Layer, LayerGraph } from '../../network/graph';

/** Consecutive layers whose names begin alike and that have one input and one output; they become one PyTorch module. */
export interface Block {
  /** The common beginning of the names: `stage1.block1`. */
  readonly prefix: string;
  readonly layers: readonly Layer[];
  /** Name of the layer outside of the block that the block reads. */
  readonly input: string;
}

/** A block, or a layer outside of all blocks. */
export type Piece = { readonly block: Block } | { readonly layer: Layer };

/** The network in its order, divided into blocks (the smallest that the names allow) and layers between them. */
export function piecesOf(graph: LayerGraph): Piece[] {
  const blockOf = new Map<string, Block>();
  for (const prefix of prefixes(graph)) {
    const block = blockNamed(graph, prefix);
    if (block === null || block.layers.some(({ name }) => blockOf.has(name))) continue;
    for (const { name } of block.layers) blockOf.set(name, block);
  }
  const begun = new Set<Block>();
  return graph.layers.flatMap((layer): Piece[] => {
    const block = blockOf.get(layer.name);
    if (block === undefined) return [{ layer }];
    if (begun.has(block)) return [];
    begun.add(block);
    return [{ block }];
  });
}

/** All beginnings of names that end before a dot, the longest ones first. */
function prefixes({ layers }: LayerGraph): string[] {
  const found = new Set<string>();
  for (const { name } of layers) {
    const parts = name.split('.');
    for (let count = 1; count < parts.length; count++) found.add(parts.slice(0, count).join('.'));
  }
  const depth = (prefix: string) => prefix.split('.').length;
  return [...found].sort((a, b) => depth(b) - depth(a));
}

function blockNamed({ layers }: LayerGraph, prefix: string): Block | null {
  const inside = layers.filter(({ name }) => name.startsWith(`${prefix}.`));
  const names = new Set(inside.map(({ name }) => name));
  const inputs = new Set(inside.flatMap((layer) => layer.inputs).filter((name) => !names.has(name)));
  const [input] = inputs;
  const start = layers.indexOf(inside[0]!);
  const together = inside.every((layer, index) => layers[start + index] === layer);
  const last = inside.at(-1)!.name;
  const readOutside = layers.some(
    (layer) => !names.has(layer.name) && layer.inputs.some((name) => names.has(name) && name !== last),
  );
  const fits = inside.length > 1 && together && inputs.size === 1 && !readOutside;
  return fits && input !== undefined && layers.every(({ name }) => name !== prefix)
    ? { prefix, layers: inside, input }
    : null;
}
