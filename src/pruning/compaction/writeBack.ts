import type { NetworkState, TensorMap } from '../../network/state';
import type { Compaction } from './compact';
import { tensorsKept } from './compactTensors';
import { withSlice } from './slice';

/**
 * The dense network's state with what training made of the compact one: parameters, momenta and running statistics go where
 * they were cut out; everything else, the zero filters too, is as it is in `dense`. Neither state is changed.
 * Throws an Error when the compaction is not plain.
 */
export function writeBack(compaction: Compaction, dense: NetworkState, compact: NetworkState): NetworkState {
  if (compaction.whyNotPlain !== null)
    throw new Error(`The compact network cannot be written back: ${compaction.whyNotPlain}`);
  const places = new Map(tensorsKept(compaction.dense, compaction.kept).map((place) => [place.spec.name, place]));
  const written = (into: TensorMap, from: TensorMap): TensorMap =>
    new Map(
      [...into].map(([name, tensor]) => {
        const place = places.get(name);
        const values = from.get(name);
        return [name, place && values ? withSlice(tensor, place.spec, place.kept, values) : tensor];
      }),
    );
  return {
    parameters: written(dense.parameters, compact.parameters),
    momenta: written(dense.momenta, compact.momenta),
    statistics: written(dense.statistics, compact.statistics),
  };
}
