import type { Emitter } from '../emitter';
import type { Value } from '../value';

/**
 * How blocked activations lie in memory. onnxruntime's blocked operators see [groups, channels, height, columns]
 * and keep it as [groups, channels / block, height, columns, block]. In training a group is `lanes` = `block` images side by side
 * in every row, image by image within a column: then the gradient of a convolution's output has, as it lies there, the order of
 * blocked weights with the image as their channel, and a weight gradient is a convolution too. In evaluation a group is one image.
 *
 * Channels that are no whole number of blocks are filled up (`ChannelPlaces`): extents are those in memory. What fills up is zero
 * and stays so, because everything that a channel meets is filled up with zeros too, weights as well as batch norm's scale and
 * shift: it puts out zero, and gets no gradient. What is not zero there, as a sigmoid's half, is made zero unless a product with
 * zeros does so anyway (`Spoilt`). Where a shortcut appends channels the gradients of these lie where the input is filled up.
 */
export class BlockedLayout {
  constructor(
    readonly block: number,
    readonly lanes: number,
  ) {}

  /** Channels as they lie in memory: filled up with zeros to whole blocks. */
  whole(channels: number): number {
    return wholeBlocks(channels, this.block);
  }

  parts(value: Value): { groups: number; channels: number; height: number; width: number } {
    const [groups, channels, height, columns] = value.extents as readonly [number, number, number, number];
    return { groups, channels, height, width: columns / this.lanes };
  }

  /** Blocks of channels of all groups together; -1 where the batch is known only when the model runs. */
  blocksOf(value: Value): number {
    const { groups, channels } = this.parts(value);
    return groups === -1 ? -1 : (groups * channels) / this.block;
  }

  /** Channels that lie next to each other: images of few channels are not blocked. */
  channelsTogether(channels: number): number {
    return channels < this.block ? 1 : this.block;
  }
}

/** The smallest multiple of the block that is not below the count. */
export function wholeBlocks(count: number, block: number): number {
  return Math.ceil(count / block) * block;
}

/** Operators of onnxruntime's blocked domain. Convolution inputs may be left out by null. */
export function blockedNode(
  to: Emitter,
  operator: 'Conv' | 'ReorderInput' | 'ReorderOutput' | 'GlobalAveragePool' | 'AveragePool' | 'MaxPool',
  inputs: readonly (Value | null)[],
  extents: readonly number[],
  attributes: Parameters<Emitter['emit']>[3] = {},
): Value {
  const present = inputs.slice(0, inputs.findLastIndex((input) => input !== null) + 1);
  return to.emit(
    operator,
    present.map((input) => input ?? ''),
    extents,
    attributes,
    'com.microsoft.nchwc',
  );
}
