import type { ChannelPositions } from '../network/layers/graphOps';

/**
 * Weights [channels, positions] of the 1x1 convolution that puts each channel in its position. Such a convolution is exact, as
 * every sum has one part that is not zero, and the back ends have nothing quicker that runs on all threads.
 */
export function scatterKernel({ channels, positions }: ChannelPositions): Float32Array {
  const kernel = new Float32Array(channels * positions.length);
  for (const [index, position] of positions.entries()) kernel[position * positions.length + index] = 1;
  return kernel;
}

/** 1 for each channel that no other is put into, 0 for the others. */
export function otherChannels({ channels, positions }: ChannelPositions): Float32Array {
  const others = new Float32Array(channels).fill(1);
  for (const position of positions) others[position] = 0;
  return others;
}

/** A matrix of so many rows with rows and columns exchanged. */
export function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return matrix.map((_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)]!);
}
