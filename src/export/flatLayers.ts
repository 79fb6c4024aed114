import type { Layer, LayerGraph } from '../network/graph';

/** Names of the layers whose output is [batch, channels], in a file format where layers of the given kinds drop height and width. */
export function flatLayers({ layers }: LayerGraph, droppedBy: readonly Layer['kind'][]): ReadonlySet<string> {
  const flat = new Set<string>();
  for (const { kind, name, inputs } of layers)
    if (droppedBy.includes(kind) || flat.has(inputs[0] ?? '')) flat.add(name);
  return flat;
}
