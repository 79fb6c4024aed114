import type { CompiledNetwork, Engine } from '../src/engines/engine';
import type { LayerGraph } from '../src/network/graph';
import { initialState } from '../src/network/initialState';
import type { NetworkState } from '../src/network/state';
import { buildNetwork } from '../src/network/zoo';
import { compact } from '../src/pruning/compaction/compact';
import { prunableOf } from '../src/pruning/groups';
import { prunedRows } from '../src/pruning/held';
import { zeroPruned } from '../src/pruning/masks';
import { compileCompactTraining } from '../src/training/loop/compactTraining';
import { optimizer, seed, type Workload } from './engineSubjects';
import { randomBatch, stepsOf } from './stepSubjects';
import type { Subject } from './subject';

/**
 * Train steps of the dense network, of the same with half of the filters held at zero (coupled, batch norm too), and of what is
 * left of it, on random images: held masks cost nothing when the first two are alike.
 */
export function heldSteps(engine: Engine, { arch, batchSize }: Workload): Subject[] {
  const image = { channels: 3, height: 32, width: 32 };
  const graph = buildNetwork(arch, image, 10);
  const { masked, held } = halfPruned(graph);
  const compaction = compact(graph, new Map([...masked.parameters, ...masked.statistics]));
  const options = { batchSize, optimizer };
  const batch = randomBatch(graph, batchSize);
  const dense = async (state: NetworkState, rows: ReadonlyMap<string, Uint8Array>): Promise<CompiledNetwork> => {
    const network = await engine.compile(graph, options);
    await network.hold(rows);
    await network.writeState(state);
    return network;
  };
  const { name } = engine.description;
  return [
    stepsOf(`${name}: dense step`, batch, () => dense(initialState(graph, seed), new Map())),
    stepsOf(`${name}: step with half of the filters held`, batch, () => dense(masked, held)),
    stepsOf(`${name}: step of the compact network`, batch, async () => {
      const network = await compileCompactTraining(engine, compaction, options, masked);
      await network.hold(held);
      return network;
    }),
  ];
}

function halfPruned(graph: LayerGraph): { masked: NetworkState; held: ReadonlyMap<string, Uint8Array> } {
  const { layers, pools } = prunableOf(graph, 'coupled');
  const masks = new Map(layers.map(({ name, filters }) => [name, new Uint8Array(filters).fill(1)]));
  for (const { groups } of pools)
    for (const group of groups.slice(groups.length >> 1))
      for (const { layer, filter } of group) masks.get(layer)![filter] = 0;
  const held = prunedRows(graph, masks, 'zero');
  const masked = initialState(graph, seed);
  for (const [parameter, rows] of held) zeroPruned(masked.parameters.get(parameter)!, rows);
  return { masked, held };
}
