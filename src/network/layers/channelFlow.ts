/** A filter of a convolution: one of its output channels. */
export interface FilterRef {
  readonly layer: string;
  readonly filter: number;
}

/** Where a channel of a layer's output comes from. */
export interface Channel {
  /** The filters that feed it. Without any, and not `fixed`, it is a constant. */
  readonly sources: readonly FilterRef[];
  /** Whether it is there whatever is pruned: a channel of the images, or an output of a linear layer. */
  readonly fixed: boolean;
}

/** The channels of a layer's output, in order. */
export type Channels = readonly Channel[];

/** `count` channels that are always there. */
export function fixedChannels(count: number): Channels {
  return Array.from({ length: count }, () => ({ sources: [], fixed: true }));
}

/** `count` channels that hold the same constant for all images. */
export function constantChannels(count: number): Channels {
  return Array.from({ length: count }, () => ({ sources: [], fixed: false }));
}

/**
 * The values of a layer's output channels that are the same for all images and at all places of the image; null for a
 * channel that is not such a constant. In evaluation, with the running statistics.
 */
export type Constants = readonly (number | null)[];
