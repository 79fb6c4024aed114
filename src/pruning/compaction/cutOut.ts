import type { NetworkState, Tensor, TensorMap } from '../../network/state';
import type { Compaction } from './compact';
import { tensorsKept } from './compactTensors';
import { sliced } from './slice';

/**
 * The compact network's part of a dense state: parameters, momenta and running statistics of the channels that stay. The way
 * back is `writeBack`. Throws an Error when the compaction is not plain, or a tensor is missing.
 */
export function cutOut(compaction: Compaction, dense: NetworkState): NetworkState {
  if (compaction.whyNotPlain !== null)
    throw new Error(`The compact network is no part of the dense one: ${compaction.whyNotPlain}`);
  const places = tensorsKept(compaction.dense, compaction.kept);
  const parametersOf = (tensors: TensorMap): TensorMap =>
    new Map(
      places
        .filter(({ spec }) => dense.parameters.has(spec.name))
        .map(({ spec, kept }) => [spec.name, sliced(requireFitting(tensors, spec), spec, kept)]),
    );
  return {
    parameters: parametersOf(dense.parameters),
    momenta: parametersOf(dense.momenta),
    statistics: new Map(
      places
        .filter(({ spec }) => dense.statistics.has(spec.name))
        .map(({ spec, kept }) => [spec.name, sliced(requireFitting(dense.statistics, spec), spec, kept)]),
    ),
  };
}

function requireFitting(
  tensors: TensorMap,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
): Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`"${name}" is missing from the state.`);
  if (tensor.shape.join() !== shape.join())
    throw new Error(
      `"${name}" of the state has the shape [${tensor.shape.join()}], but the network's has [${shape.join()}].`,
    );
  return tensor;
}
