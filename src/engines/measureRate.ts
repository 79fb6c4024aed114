import { initialState } from '../network/initialState';
import { sizeOf } from '../network/parameters';
import { imageShape } from '../network/shapes';
import { randomStream } from '../random';
import type { Batch, Engine } from './engine';
import type { Workload } from './workload';

const warmUpSteps = 2;
const fewestSteps = 3;
const measuredMilliseconds = 2500;

/** Images per second of the bare training step: the median of as many steps as fit into a few seconds. */
export async function measureRate(engine: Engine, { graph, batchSize, optimizer }: Workload): Promise<number> {
  const network = await engine.compile(graph, { batchSize, optimizer });
  try {
    await network.writeState(initialState(graph, 1));
    const batch = randomBatch({ graph, batchSize, optimizer });
    for (let step = 0; step < warmUpSteps; step++) await network.step(batch, 0.01);
    const durations: number[] = [];
    const end = performance.now() + measuredMilliseconds;
    while (durations.length < fewestSteps || performance.now() < end) {
      const begin = performance.now();
      await network.step(batch, 0.01);
      durations.push(performance.now() - begin);
    }
    durations.sort((a, b) => a - b);
    return (1000 * batchSize) / durations[durations.length >> 1]!;
  } finally {
    await network.dispose();
  }
}

function randomBatch({ graph, batchSize }: Workload): Batch {
  const { channels, height, width } = imageShape(graph);
  const random = randomStream(1, 'measurement');
  return {
    count: batchSize,
    images: Float32Array.from({ length: sizeOf([batchSize, channels, height, width]) }, () => random.normal()),
    labels: Int32Array.from({ length: batchSize }, () => random.below(2)),
  };
}
