import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import type { Channels, Constants, FilterRef } from './layers/channelFlow';
import { inOrder, inferShapes } from './shapes';
import type { TensorMap } from './state';

export type { Channel, Channels, Constants, FilterRef } from './layers/channelFlow';

/** Gives the filter that stands for another one, and for itself. */
export type StandIn = (filter: FilterRef) => FilterRef;

/**
 * Where the channels of every layer's output come from, by layer name. Whoever only asks what kind of filters feed a channel
 * gives one that stands for all of a kind: the lists then stay short, however deep the network is.
 */
export function channelFlow(graph: LayerGraph, standIn?: StandIn): ReadonlyMap<string, Channels> {
  const shapes = inferShapes(graph);
  return inOrder<Channels>(graph, (layer, inputs) => {
    const channels = kindOf(layer).channelFlow(layer, inputs, shapes.get(layer.name)!);
    // Most kinds of layers pass on the channels that they read.
    const isPlain = !standIn || channels.every(({ sources }) => sources.every((filter) => standIn(filter) === filter));
    return isPlain ? channels : channels.map(({ sources, fixed }) => ({ sources: sources.map(standIn), fixed }));
  });
}

/**
 * Which channels of every layer's output are constants, in evaluation, and which ones; by layer name. `tensors` are
 * parameters and running statistics.
 */
export function constantChannels(graph: LayerGraph, tensors: TensorMap): ReadonlyMap<string, Constants> {
  const shapes = inferShapes(graph);
  return inOrder<Constants>(graph, (layer, inputs) =>
    kindOf(layer).constants(layer, inputs, shapes.get(layer.name)!, tensors),
  );
}
