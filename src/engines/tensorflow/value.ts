import type { ConvGeometry } from '../../network/layers/graphOps';

/** A tensor of a TensorFlow graph: the name of its node, and its extents in PyTorch's order. */
export interface Value {
  readonly name: string;
  /** -1 where it is known only when the graph runs. */
  readonly extents: readonly number[];
  /** What it was made of, if by a convolution: one that batch norm can become part of. */
  readonly convolution?: {
    readonly input: Value;
    readonly weights: Value;
    readonly bias: Value | null;
    readonly geometry: ConvGeometry;
  };
}
