import type { Layer, LayerGraph } from './graph';

/** A network as people draw it: a convolution together with the normalisation and the activation around it, and what it reads. */
export type NetworkOutline = readonly OutlineNode[];

export interface OutlineNode {
  /** The layer that the others belong to. */
  readonly main: Layer;
  /** All of its layers, one after another, the main one included. */
  readonly layers: readonly Layer[];
  /** The nodes that it reads, by their places in the outline, each once; they stand before it. */
  readonly reads: readonly number[];
}

/** Kinds that neither mix channels nor places: they belong to what they stand beside. */
const companions: ReadonlySet<Layer['kind']> = new Set([
  'batchNorm',
  'dropout',
  'flatten',
  'hardSigmoid',
  'hardSwish',
  'leakyRelu',
  'pad',
  'prelu',
  'relu',
  'relu6',
  'sigmoid',
  'silu',
]);

/**
 * The outline of a network. A companion layer joins what it reads if nobody else reads that; else those in front of a layer join
 * it, if it is the only one that reads them and reads nothing else: in networks with preactivation the sum before goes elsewhere,
 * too. A concatenation that begins with all of an earlier one is drawn to read that one, as concatenating is associative; so the
 * links of a DenseNet are as many as its layers, not as their pairs.
 */
export function networkOutline(graph: LayerGraph): NetworkOutline {
  const reads = drawnReads(graph);
  const readers = readerCounts(reads);
  const growing: { layers: Layer[]; main: Layer | null; place: number }[] = [];
  const nodeOf = new Map<string, (typeof growing)[number]>();
  for (const layer of graph.layers) {
    const [read, ...others] = reads.get(layer.name)!;
    const before = read !== undefined && others.length === 0 && readers.get(read) === 1 ? nodeOf.get(read) : undefined;
    const isCompanion = companions.has(layer.kind);
    const joined = before && (isCompanion || before.main === null) ? before : null;
    const node = joined ?? { layers: [], main: null, place: growing.length };
    if (!joined) growing.push(node);
    node.layers.push(layer);
    if (!isCompanion) node.main = layer;
    nodeOf.set(layer.name, node);
  }
  return growing.map(({ layers, main }) => {
    const first = layers[0]!;
    const places = reads.get(first.name)!.map((name) => nodeOf.get(name)!.place);
    return { main: main ?? first, layers, reads: [...new Set(places)] };
  });
}

/** What every layer is drawn to read, by its name. */
function drawnReads(graph: LayerGraph): ReadonlyMap<string, readonly string[]> {
  const concatenations = new Prefixes();
  return new Map(
    graph.layers.map(({ kind, name, inputs }) => [
      name,
      [...new Set(kind === 'concat' ? concatenations.shortened(name, inputs) : inputs)],
    ]),
  );
}

function readerCounts(reads: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const read of [...reads.values()].flat()) counts.set(read, (counts.get(read) ?? 0) + 1);
  return counts;
}

interface Branch {
  /** The concatenation of all inputs on the way to here. */
  concatenation: string | null;
  readonly next: Map<string, Branch>;
}

/** The inputs of concatenations, as a tree in which those that begin alike share a way. */
class Prefixes {
  readonly #root: Branch = { concatenation: null, next: new Map() };

  /** The inputs with the longest known concatenation that they begin with in its place; it is known from now on. */
  shortened(name: string, inputs: readonly string[]): readonly string[] {
    let branch = this.#root;
    let known: readonly string[] = inputs;
    for (const [index, input] of inputs.entries()) {
      const next = branch.next.get(input) ?? { concatenation: null, next: new Map() };
      branch.next.set(input, next);
      branch = next;
      if (branch.concatenation !== null) known = [branch.concatenation, ...inputs.slice(index + 1)];
    }
    branch.concatenation ??= name;
    return known;
  }
}
