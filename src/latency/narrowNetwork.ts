import type { LayerGraph } from '../network/graph';
import { biasName, weightName } from '../network/layers/names';
import type { TensorMap } from '../network/state';
import { compact } from '../pruning/compaction/compact';
import { prunableOf, type FilterRef } from '../pruning/groups';
import { halved } from '../layerTimes/networkTimes';
import { untrainedTensors } from './convolutionChain';

/** A network, and weights for it that nobody trained. */
export interface UntrainedNetwork {
  readonly graph: LayerGraph;
  readonly tensors: TensorMap;
}

/** The compact network without the given filters, with weights that nobody trained. */
export function untrainedWithout(graph: LayerGraph, pruned: readonly FilterRef[]): UntrainedNetwork {
  const tensors = untrainedTensors(graph);
  const batchNorms = new Map(
    graph.layers.flatMap(({ kind, name, inputs }) => (kind === 'batchNorm' ? [[inputs[0]!, name] as const] : [])),
  );
  for (const { layer, filter } of pruned) {
    const { data, shape } = tensors.get(weightName(layer))!;
    const size = data.length / shape[0]!;
    data.fill(0, filter * size, (filter + 1) * size);
    const batchNorm = batchNorms.get(layer);
    if (batchNorm !== undefined)
      for (const name of [weightName(batchNorm), biasName(batchNorm)]) tensors.get(name)!.data[filter] = 0;
  }
  return compact(graph, tensors);
}

/** The network with half of every coupled group's filters; null where nothing can be pruned. */
export function halfNetwork(graph: LayerGraph): UntrainedNetwork | null {
  const { pools } = prunableOf(graph, 'coupled');
  if (pools.length === 0) return null;
  const pruned = pools.flatMap((pool) => pool.groups.slice(halved(pool)).flat());
  return untrainedWithout(graph, pruned);
}
