import type { Tensor } from '../formats/tensor';

/**
 * A matrix [channels, positions.length] of zeros and ones that brings channel i to `positions[i]`, and zero to the others: as
 * the weights of a 1x1 convolution it is exact, and onnxruntime and TensorFlow.js keep it among their fast convolutions.
 */
export function placement(channels: number, positions: readonly number[]): Tensor {
  const data = new Float32Array(channels * positions.length);
  for (const [input, output] of positions.entries()) data[output * positions.length + input] = 1;
  return { shape: [channels, positions.length], data };
}

/** Every channel where it was, with others after them. */
export function inPlace(channels: number): readonly number[] {
  return Array.from({ length: channels }, (_, channel) => channel);
}
