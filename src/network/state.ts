/** A dense float32 tensor, row-major, in PyTorch's layout. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type TensorMap = ReadonlyMap<string, Tensor>;

/**
 * Everything that training changes, by PyTorch names (`stage1.block1.conv1.weight`, `…bn1.running_mean`).
 * `momenta` has one entry for each parameter; `statistics` holds running means and variances.
 */
export interface NetworkState {
  readonly parameters: TensorMap;
  readonly momenta: TensorMap;
  readonly statistics: TensorMap;
}
