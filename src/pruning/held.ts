import type { LayerGraph } from '../network/graph';
import { parameterSpecs } from '../network/parameters';
import { prunableLayers, type PrunableLayer } from '../network/prunableLayers';
import type { TensorMap } from '../network/state';
import { isPruned, maskedPresence } from './maskedPresence';
import type { Masks } from './select';

/**
 * `keep`: of a pruned filter only weights and bias are zero, as in the paper; `zero`: so is, once the masks are final, whatever
 * else belongs to its channels alone, such as scale and shift of batch norm, so that nothing comes out of it.
 */
export type BatchNormPolicy = 'keep' | 'zero';

/**
 * The rows (first axis) of parameters that belong to pruned filters, by the parameter's name: one byte a row, 0 where it is
 * zero. Parameters in which nothing is zero are left out. By the policy `zero`, these are all rows of channels that nothing but
 * pruned filters feeds, also behind sums and depthwise convolutions, and of factors of such channels.
 */
export function prunedRows(graph: LayerGraph, masks: Masks, policy: BatchNormPolicy): ReadonlyMap<string, Uint8Array> {
  return policy === 'keep' ? rowsOfFilters(graph, masks) : rowsOfChannels(graph, masks);
}

function rowsOfFilters(graph: LayerGraph, masks: Masks): ReadonlyMap<string, Uint8Array> {
  const rows = new Map<string, Uint8Array>();
  for (const { name, weight, bias } of prunableLayers(graph)) {
    const mask = masks.get(name);
    if (!mask?.includes(0)) continue;
    rows.set(weight, mask);
    if (bias !== null) rows.set(bias, mask);
  }
  return rows;
}

function rowsOfChannels(graph: LayerGraph, masks: Masks): ReadonlyMap<string, Uint8Array> {
  const channels = maskedPresence(graph, masks);
  return new Map(
    parameterSpecs(graph).flatMap(({ name, layer, axes }): [string, Uint8Array][] => {
      if (axes[0] !== 'output') return [];
      const rows = Uint8Array.from(channels.get(layer)!, (channel) => Number(!isPruned(channel)));
      return rows.includes(0) ? [[name, rows]] : [];
    }),
  );
}

/** The masks of a network by what is in it: a filter without any weight is pruned. */
export function zeroFilterMasks(layers: readonly PrunableLayer[], parameters: TensorMap): Masks {
  return new Map(
    layers.map(({ name, weight, filters }): [string, Uint8Array] => {
      const data = parameters.get(weight)?.data ?? new Float32Array();
      const size = data.length / filters;
      const isThere = (filter: number): boolean =>
        data.subarray(filter * size, (filter + 1) * size).some((value) => value !== 0);
      return [name, Uint8Array.from({ length: filters }, (_, filter) => Number(isThere(filter)))];
    }),
  );
}
