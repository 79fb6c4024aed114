import type { Emitter } from '../emitter';
import type { Value } from '../value';
import { blockedNode, type BlockedLayout } from './layout';
import type { Epilogue } from './pending';

/** Largest number of values that one accumulator sums in float32: enough to be quick, few enough to be accurate. */
const longestSum = 1024;

/** Larger than any reciprocal of a float32 that is not denormal, so that a product with it exceeds 1. */
const huge = 3e38;

/**
 * Operations by channel, all as depthwise convolutions: they are multithreaded, go over the memory once,
 * and add a tensor and rectify on the way.
 */
export class Channelwise {
  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
  ) {}

  /** factor * value + offset, the two being vectors by channel; without an offset it is 0. */
  affine(value: Value, factor: Value, offset: Value | null, { sum, relu }: Epilogue = {}): Value {
    return this.pointwise(value, factor, [offset, sum ?? null], value.extents, relu ? { activation: 'Relu' } : {});
  }

  /** value + offset, a vector by channel. */
  shifted(value: Value, offset: Value): Value {
    return this.affine(value, this.ones(value), offset);
  }

  plus(value: Value, epilogue: Epilogue): Value {
    return this.affine(value, this.ones(value), null, epilogue);
  }

  /** 1 where a rectified value is positive, otherwise 0. */
  positive(value: Value): Value {
    const factor = this.to.filled(huge, [value.extents[1]!]);
    const clip = { activation: 'Clip', activation_params: { floats: [0, 1] } };
    return this.pointwise(value, factor, [], value.extents, clip);
  }

  /** Rows and columns at even distances. */
  subsampled(value: Value, strides: readonly [rows: number, columns: number]): Value {
    const [groups, channels, height, columns] = value.extents as [number, number, number, number];
    const extents = [groups, channels, Math.ceil(height / strides[0]), Math.ceil(columns / strides[1])];
    return this.pointwise(value, this.ones(value), [], extents, { strides: [...strides] });
  }

  /** Sum over images and places of the product of two tensors, by channel. */
  dots(left: Value, right: Value): Value {
    const chunk = this.chunk(left);
    const images = this.to.reshape(left, [1, chunk.count, ...chunk.extents]);
    const kernels = this.to.reshape(right, [chunk.count, 1, ...chunk.extents]);
    const attributes = { kernel_shape: chunk.extents, group: chunk.count };
    const sums = blockedNode(this.to, 'Conv', [images, kernels], [1, chunk.count, 1, 1], attributes);
    return this.overChunks(sums, left);
  }

  /** Sum over images and places, by channel. */
  sums(value: Value): Value {
    const chunk = this.chunk(value);
    const images = this.to.reshape(value, [1, chunk.count, ...chunk.extents]);
    const means = blockedNode(this.to, 'GlobalAveragePool', [images], [1, chunk.count, 1, 1]);
    return this.to.scaled(this.overChunks(means, value), chunk.extents[0] * chunk.extents[1]);
  }

  private pointwise(
    value: Value,
    factor: Value,
    others: readonly (Value | null)[],
    extents: readonly number[],
    attributes: Parameters<Emitter['emit']>[3],
  ): Value {
    const channels = value.extents[1]!;
    const kernels = this.to.reshape(factor, [channels, 1, 1, 1]);
    const all = { kernel_shape: [1, 1], group: channels, ...attributes };
    return blockedNode(this.to, 'Conv', [value, kernels, ...others], extents, all);
  }

  private ones(value: Value): Value {
    return this.to.filled(1, [value.extents[1]!]);
  }

  /** Takes groups and rows for channels, so that every sum stays short. */
  private chunk({ extents }: Value) {
    const [groups, channels, height, columns] = extents as [number, number, number, number];
    const divisors = Array.from({ length: height }, (_, index) => index + 1).filter((rows) => height % rows === 0);
    const rows = divisors.findLast((candidate) => candidate * columns <= longestSum) ?? 1;
    return { count: (groups * channels * height) / rows, extents: [rows, columns] as const };
  }

  private overChunks(chunks: Value, { extents }: Value): Value {
    const { block } = this.layout;
    const [groups, channels] = extents as [number, number];
    const blocks = channels / block;
    const perBlock = this.to.reshape(chunks, [groups, blocks, chunks.extents[1]! / (groups * channels), block]);
    return this.to.reshape(this.to.total(perBlock, 0, 2), [channels]);
  }
}
