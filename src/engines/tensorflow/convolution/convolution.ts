import type { Value } from '../value';

/** A convolution of some geometry, and its gradients. Weights, and gradients by them, lie as TensorFlow keeps them. */
export interface Convolution {
  convolved(input: Value, weights: Value): Value;
  /** The gradient by an input of these extents. */
  inputGradient(gradient: Value, weights: Value, extents: readonly number[]): Value;
  weightGradient(gradient: Value, input: Value): Value;
}
