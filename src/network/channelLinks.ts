import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import type { FilterRef } from './channels';
import type { InputChannel } from './layers/layerKind';
import { inferShapes } from './shapes';

/**
 * For each output channel of a layer the input channels that it is made of, none for an appended constant; null for a layer
 * that makes its channels anew: convolutions, linear layers, and the images.
 */
export type ChannelLinks = readonly (readonly InputChannel[])[] | null;

/** The links of every layer, by its name: found by marking the inputs' channels and looking where the kind of layer takes them. */
export function channelLinks(graph: LayerGraph): ReadonlyMap<string, ChannelLinks> {
  const known = linksOf.get(graph) ?? found(graph);
  linksOf.set(graph, known);
  return known;
}

/** A graph does not change, and its links are asked for at every pruning. */
const linksOf = new WeakMap<LayerGraph, ReadonlyMap<string, ChannelLinks>>();

function found(graph: LayerGraph): ReadonlyMap<string, ChannelLinks> {
  const shapes = inferShapes(graph);
  return new Map(
    graph.layers.map((layer) => {
      const kind = kindOf(layer);
      const inputShapes = layer.inputs.map((name) => shapes.get(name)!);
      if (kind.links) return [layer.name, kind.links(layer, inputShapes)];
      const marks = new Map<FilterRef, InputChannel>();
      const inputs = layer.inputs.map((name, input) =>
        Array.from({ length: shapes.get(name)!.channels }, (_, channel) => {
          const mark: FilterRef = { layer: name, filter: channel };
          marks.set(mark, { input, channel });
          return { sources: [mark], fixed: false };
        }),
      );
      const channels = kind.channelFlow(layer, inputs, shapes.get(layer.name)!);
      const isNew = channels.some(({ sources, fixed }) => fixed || sources.some((source) => !marks.has(source)));
      return [layer.name, isNew ? null : channels.map(({ sources }) => sources.map((source) => marks.get(source)!))];
    }),
  );
}
