/** A full float32 tensor, row-major, in PyTorch's layout. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by PyTorch's names. */
export type TensorMap = ReadonlyMap<string, Tensor>;

/** Number of values in a tensor of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether none is infinite or no number. An indexed loop: `every` takes ten times as long, and networks have millions. */
export function areFinite(values: Float32Array | Uint8Array): boolean {
  let index = 0;
  while (index < values.length && Number.isFinite(values[index])) index++;
  return index === values.length;
}
