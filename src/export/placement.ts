import type { Tensor } from '../formats/tensor';

/**
 * A matrix [channels, positions.length] of zeros and ones. Used as the weights of a 1x1 convolution it copies input channel i to
 * output channel `positions[i]` exactly and leaves zero in the other channels.
 */
export function placement(channels: number, positions: readonly number[]): Tensor {
  const data = new Float32Array(channels * positions.length);
  for (const [input, output] of positions.entries()) data[output * positions.length + input] = 1;
  return { shape: [channels, positions.length], data };
}

/** The positions of channels that stay where they are. */
export function inPlace(channels: number): readonly number[] {
  return Array.from({ length: channels }, (_, channel) => channel);
}

/** The constants of a scatter as the bias of such a convolution: zero at the positions that its channels are copied to. */
export function fillElsewhere({ shape, data }: Tensor, positions: readonly number[]): Tensor {
  const bias = Float32Array.from(data);
  for (const position of positions) bias[position] = 0;
  return { shape, data: bias };
}
