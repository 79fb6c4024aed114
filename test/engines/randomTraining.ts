import { randomStream } from '../../src/base/random';
import type { Batch } from '../../src/engines/engine';
import type { LayerGraph } from '../../src/network/graph';
import { initialState } from '../../src/network/initialState';
import { imageShape, inferShapes } from '../../src/network/shapes';
import type { NetworkState, TensorMap } from '../../src/network/state';

export const batchSize = 16;

/** A state with nothing at zero or one, not even the momenta: such values would hide mistakes. */
export function randomState(graph: LayerGraph): NetworkState {
  const random = randomStream(11, graph.name);
  const shaken = (tensors: TensorMap, by: number): TensorMap =>
    new Map(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((value) => value + by * random.normal()) },
      ]),
    );
  const state = initialState(graph, 3);
  return { ...state, parameters: shaken(state.parameters, 0.1), momenta: shaken(state.momenta, 0.01) };
}

export function randomBatches(graph: LayerGraph, count: number): Batch[] {
  const random = randomStream(12, graph.name);
  const { channels, height, width } = imageShape(graph);
  const classes = inferShapes(graph).get(graph.layers.at(-1)!.name)!.channels;
  return Array.from({ length: count }, () => ({
    count: batchSize,
    images: Float32Array.from({ length: batchSize * channels * height * width }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, () => random.below(classes)),
  }));
}
