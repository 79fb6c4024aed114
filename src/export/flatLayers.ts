import type { Layer, LayerGraph } from '../network/graph';

/** Layers whose output has no height and width in a format where they are dropped by these kinds of layers; by name. */
export function flatLayers({ layers }: LayerGraph, droppedBy: readonly Layer['kind'][]): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const { kind, name, inputs } of layers)
    if (droppedBy.includes(kind) || flat.has(inputs[0] ?? '')) flat.add(name);
  return flat;
}
