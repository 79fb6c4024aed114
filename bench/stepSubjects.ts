import { randomStream } from '../src/base/random';
import type { Batch, CompiledNetwork, Engine } from '../src/engines/engine';
import type { LayerGraph } from '../src/network/graph';
import { initialState } from '../src/network/initialState';
import { optimizer, seed } from './engineSubjects';
import { medianRate, type Subject } from './subject';

const learningRate = 0.01;

/** Train steps and evaluations of a network on random images of its size. */
export function stepSubjects(engine: Engine, graph: LayerGraph, batchSize: number): Subject[] {
  const batch = randomBatch(graph, batchSize);
  const { name } = engine.description;
  const opened = engine.compile(graph, { batchSize, optimizer }).then(async (network) => {
    await network.writeState(initialState(graph, seed));
    return network;
  });
  const evaluate = async (): Promise<void> => {
    await (await opened).evaluate(batch);
  };
  return [
    stepsOf(`${name}: train step`, batch, () => opened),
    {
      name: `${name}: evaluation`,
      prepare: evaluate,
      imagesPerSecond: (seconds) => medianRate(seconds, batch.count, evaluate),
      dispose: () => Promise.resolve(),
    },
  ];
}

/** Train steps of one network on one batch. */
export function stepsOf(name: string, batch: Batch, open: () => Promise<CompiledNetwork>): Subject {
  let network: CompiledNetwork;
  const step = async (): Promise<void> => {
    await network.step(batch, learningRate);
  };
  return {
    name,
    isStep: true,
    prepare: async () => {
      network = await open();
      await step();
    },
    imagesPerSecond: (seconds) => medianRate(seconds, batch.count, step),
    dispose: () => network.dispose(),
  };
}

export function randomBatch({ layers }: LayerGraph, count: number): Batch {
  const input = layers[0]!;
  if (input.kind !== 'input') throw new Error('A network begins with its input.');
  const random = randomStream(seed, 'bench');
  const size = input.shape.channels * input.shape.height * input.shape.width;
  return {
    images: Float32Array.from({ length: count * size }, () => random.normal()),
    labels: Int32Array.from({ length: count }, () => random.below(10)),
    count,
  };
}
