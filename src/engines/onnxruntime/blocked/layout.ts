import type { Emitter } from '../emitter';
import type { Value } from '../value';

/**
 * How blocked activations lie in memory. onnxruntime's blocked operators see [groups, channels, height, columns]
 * and keep it as [groups, channels / block, height, columns, block]. In training a group is `lanes` = `block` images side by side
 * in every row, image by image within a column: then the gradient of a convolution's output has, as it lies there, the order of
 * blocked weights with the image as their channel, and a weight gradient is a convolution too. In evaluation a group is one image.
 */
export class BlockedLayout {
  constructor(
    readonly block: number,
    readonly lanes: number,
  ) {}

  parts(value: Value): { groups: number; channels: number; height: number; width: number } {
    const [groups, channels, height, columns] = value.extents as readonly [number, number, number, number];
    return { groups, channels, height, width: columns / this.lanes };
  }

  /** Channels that lie next to each other: images of few channels are not blocked. */
  channelsTogether(channels: number): number {
    return channels < this.block ? 1 : this.block;
  }
}

/** Operators of onnxruntime's blocked domain. Convolution inputs may be left out by null. */
export function blockedNode(
  to: Emitter,
  operator: 'Conv' | 'ReorderInput' | 'GlobalAveragePool' | 'AveragePool',
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
