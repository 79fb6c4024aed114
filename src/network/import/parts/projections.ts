import type { Layer, LayerGraph } from '../../graph';

/**
 * The network with its projection shortcuts marked as never pruned, as the papers have it: 1x1 convolutions beside the
 * convolutions of a block, both of which read the same and are added.
 */
export function withProjections(graph: LayerGraph): LayerGraph {
  const byName = new Map(graph.layers.map((layer) => [layer.name, layer]));
  const projections = new Set(
    graph.layers.flatMap((layer) => (layer.kind === 'add' ? projectionsInto(layer.inputs, byName) : [])),
  );
  if (projections.size === 0) return graph;
  const layers = graph.layers.map((layer) =>
    layer.kind === 'conv' && projections.has(layer.name) ? { ...layer, prunable: false } : layer,
  );
  return { ...graph, layers };
}

/** Of a block's path no more layers are looked at. */
const longestPath = 50;

function projectionsInto(inputs: readonly string[], byName: ReadonlyMap<string, Layer>): string[] {
  const ends = inputs.map((name) => lastConvolution(byName.get(name)!, byName));
  return ends.flatMap((end, index) => {
    if (end?.kind !== 'conv' || end.kernel[0] !== 1 || end.kernel[1] !== 1) return [];
    const source = end.inputs[0]!;
    const isBeside = ends.some((other, place) => {
      return (
        place !== index &&
        other?.kind === 'conv' &&
        other.inputs[0] !== source &&
        comesFrom(other, { source, not: end }, byName)
      );
    });
    return isBeside ? [end.name] : [];
  });
}

/** The convolution that gives a sum's part, but for its batch norm. */
function lastConvolution(layer: Layer, byName: ReadonlyMap<string, Layer>): Layer | undefined {
  return layer.kind === 'batchNorm' ? byName.get(layer.inputs[0]!) : layer;
}

/**
 * Whether a chain of layers begins with what `source` gives, without passing by the layer `not`: what passes by it is the next
 * block, whose shortcut adds what the layer gives.
 */
function comesFrom(
  layer: Layer,
  { source, not }: { readonly source: string; readonly not: Layer },
  byName: ReadonlyMap<string, Layer>,
): boolean {
  let at: Layer | undefined = layer;
  for (let steps = 0; at && at !== not && steps < longestPath; steps++) {
    if (at.inputs[0] === source) return true;
    at = byName.get(at.inputs[0] ?? '');
  }
  return false;
}
