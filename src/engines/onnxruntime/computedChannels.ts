/** Channels that a convolution computes, with those that only fill blocks up. */
export interface ComputedChannels {
  readonly inputs: number;
  readonly outputs: number;
}

/** Wider inputs than a block are taken into blocks when they are a multiple of it. */
const alignment = 4;

/**
 * What onnxruntime computes on the CPU for a convolution of an exported network with so many channels: filters come in whole
 * blocks; so do input channels, unless they are fewer than a block and are read in their plain order. Null where it computes the
 * convolution without blocks, which takes longer: its inputs fill a block and are no multiple of 4. `block` is 1 where the
 * processor has no blocks. From what its optimizer makes of such networks (test/engines/computedChannels.test.ts).
 */
export function computedChannels(inputs: number, outputs: number, block: number): ComputedChannels | null {
  if (block === 1) return { inputs, outputs };
  if (inputs >= block && inputs % alignment !== 0) return null;
  return { inputs: inputs < block ? inputs : wholeBlocks(inputs, block), outputs: wholeBlocks(outputs, block) };
}

function wholeBlocks(channels: number, block: number): number {
  return Math.ceil(channels / block) * block;
}
