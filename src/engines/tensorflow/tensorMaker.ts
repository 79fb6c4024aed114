import type { TensorflowBinding } from './binding';

/** No multiple of TensorFlow's alignment (16 to 64 bytes), but one of the size of the values. */
const offAlignment = 4;

/**
 * Hands values over to TensorFlow so that it copies them. The binding shares the memory of a JavaScript array with TensorFlow where its
 * address is a multiple of TensorFlow's alignment, and lets go of it on whichever of TensorFlow's threads was the last to use it;
 * outside of JavaScript's own thread that spoils Node's memory, and now and then a run ends with "free(): invalid pointer".
 * From any other address TensorFlow copies at once.
 */
export class TensorMaker {
  private staging = new ArrayBuffer(0);

  constructor(private readonly binding: TensorflowBinding) {}

  /** The id of a new tensor. */
  floats(shape: readonly number[], values: Float32Array): number {
    const staged = new Float32Array(this.room(values.byteLength), offAlignment, values.length);
    staged.set(values);
    return this.binding.createTensor(shape, this.binding.TF_FLOAT, staged);
  }

  /** The id of a new tensor. */
  integers(shape: readonly number[], values: Int32Array): number {
    const staged = new Int32Array(this.room(values.byteLength), offAlignment, values.length);
    staged.set(values);
    return this.binding.createTensor(shape, this.binding.TF_INT32, staged);
  }

  /** One buffer for all: what was in it has been copied. */
  private room(bytes: number): ArrayBuffer {
    if (this.staging.byteLength < offAlignment + bytes) this.staging = new ArrayBuffer(offAlignment + bytes);
    return this.staging;
  }
}
