/** A tensor in the ONNX graph under construction. The batch's extent is -1 where it is known only when the model runs. */
export interface Value {
  readonly name: string;
  readonly extents: readonly number[];
}
