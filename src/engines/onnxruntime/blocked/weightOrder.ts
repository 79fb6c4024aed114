import { sizeOf } from '../../../network/parameters';

/**
 * Order of convolution weights [filters, channels, height, width] in blocked convolutions: by block of filters,
 * block of channels, height, width, channel of the block, filter of the block. Fewer channels than a block (images) are not blocked.
 * Gives for each stored value its place in PyTorch's order.
 */
export function blockedWeightOrder(shape: readonly number[], block: number): Uint32Array {
  const [filters, channels, height, width] = shape as [number, number, number, number];
  const channelBlock = channels < block ? 1 : block;
  const order = new Uint32Array(sizeOf(shape));
  let stored = 0;
  for (let filterStart = 0; filterStart < filters; filterStart += block)
    for (let channelStart = 0; channelStart < channels; channelStart += channelBlock)
      for (let tap = 0; tap < height * width; tap++)
        for (let channel = channelStart; channel < channelStart + channelBlock; channel++)
          for (let filter = filterStart; filter < filterStart + block; filter++)
            order[stored++] = (filter * channels + channel) * height * width + tap;
  return order;
}
