import type { DataFormat } from './layout';

/**
 * Every `stride`-th row and column as a plain slice of the same values seen otherwise: TensorFlow's strided slices and their
 * gradients run on one thread, and take four to eight times as long.
 */
export interface Subsampling {
  /** Extents in PyTorch's order with rows and columns filled up to whole strides. */
  readonly whole: readonly number[];
  /** Extents in PyTorch's order of what is taken. */
  readonly taken: readonly number[];
  /** The whole as it lies in memory: [groups of rows, `stride` rows, columns taken, `stride` places]; the first extent may be any. */
  readonly wholeView: readonly number[];
  /** What is taken of that: the first row of each group and the first place of each column. */
  readonly takenView: readonly number[];
}

export function subsampling(extents: readonly number[], stride: number, format: DataFormat): Subsampling {
  const [batch, channels, height, width] = extents as readonly [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const place = format === 'NHWC' ? channels : 1;
  return {
    whole: [batch, channels, rows * stride, columns * stride],
    taken: [batch, channels, rows, columns],
    wholeView: [-1, stride, columns, stride * place],
    takenView: [-1, 1, columns, place],
  };
}
