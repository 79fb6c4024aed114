import type { TensorMap } from '../formats/tensor';

export type { Tensor, TensorMap } from '../formats/tensor';

/**
 * Everything that training changes, by PyTorch names (`stage1.block1.conv1.weight`, `…bn1.running_mean`).
 * `momenta` has one entry for each parameter; `statistics` holds running means and variances.
 */
export interface NetworkState {
  readonly parameters: TensorMap;
  readonly momenta: TensorMap;
  readonly statistics: TensorMap;
}
