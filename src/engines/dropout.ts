import { randomStream } from '../base/random';
import { sizeOf } from '../formats/tensor';
import type { DropoutLayer, LayerGraph } from '../network/graph';
import { inferShapes } from '../network/shapes';

/** The layers of a network that leave values out in training. */
export function dropoutLayers({ layers }: LayerGraph): DropoutLayer[] {
  return layers.filter((layer) => layer.kind === 'dropout');
}

/**
 * What each layer of dropout multiplies its input by in a step, by the layer's name: 0 with the layer's chance, else
 * 1 / (1 - rate), for every value of [batch, channels, height, width]. It follows from seed, step and layer alone, so that a
 * training that goes on draws what one without a break would have drawn.
 */
export function dropoutFactorsOf(
  graph: LayerGraph,
  batchSize: number,
  seed: number,
  step: number,
): ReadonlyMap<string, Float32Array> {
  const layers = dropoutLayers(graph);
  if (layers.length === 0) return new Map();
  const shapes = inferShapes(graph);
  return new Map(
    layers.map(({ name, rate }) => {
      const { channels, height, width } = shapes.get(name)!;
      const random = randomStream(seed, `dropout ${step} ${name}`);
      const factors = new Float32Array(sizeOf([batchSize, channels, height, width]));
      const kept = 1 / (1 - rate);
      for (let index = 0; index < factors.length; index++) factors[index] = random.uniform() < rate ? 0 : kept;
      return [name, factors];
    }),
  );
}
