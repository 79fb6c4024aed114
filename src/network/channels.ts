import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import type { Channels, Constants } from './layers/channelFlow';
import { inOrder, inferShapes } from './shapes';
import type { TensorMap } from './state';

export type { Channel, Channels, Constants, FilterRef } from './layers/channelFlow';

/** Where the channels of every layer's output come from, by layer name. */
export function channelFlow(graph: LayerGraph): ReadonlyMap<string, Channels> {
  const shapes = inferShapes(graph);
  return inOrder<Channels>(graph, (layer, inputs) => kindOf(layer).channelFlow(layer, inputs, shapes.get(layer.name)!));
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
