import type { PrunableLayer } from '../network/prunableLayers';
import { biasName, weightName } from '../network/layers/names';
import type { TensorMap } from '../network/state';
import type { Masks } from './select';

/**
 * `keep`: scale and shift of a pruned filter's batch norm are left alone, as in the paper; `zero`: they are zero once the masks
 * are final, so that nothing comes out of a pruned filter.
 */
export type BatchNormPolicy = 'keep' | 'zero';

/**
 * The rows (first axis) of parameters that belong to filters, by the parameter's name: one byte a row, 0 where the filter is
 * pruned. Parameters in which nothing is pruned are left out.
 */
export function prunedRows(
  layers: readonly PrunableLayer[],
  masks: Masks,
  policy: BatchNormPolicy,
): ReadonlyMap<string, Uint8Array> {
  const rows = new Map<string, Uint8Array>();
  for (const { name, weight, bias, batchNorm } of layers) {
    const mask = masks.get(name);
    if (!mask?.includes(0)) continue;
    rows.set(weight, mask);
    if (bias !== null) rows.set(bias, mask);
    if (policy === 'keep' || batchNorm === null) continue;
    rows.set(weightName(batchNorm), mask);
    rows.set(biasName(batchNorm), mask);
  }
  return rows;
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
