import type { Shape } from '../../../network/graph';
import type { PoolWindow } from '../../../network/layers/graphOps';
import type { Emitter } from '../emitter';
import { Pooling } from '../pooling';
import type { Value } from '../value';
import type { ChannelPlaces } from './channelPlaces';
import type { BlockedConvolution } from './convolution';
import { blockedNode, type BlockedLayout } from './layout';
import { inputPhases, type Phase } from './phases';
import type { Reordering } from './reordering';

/** No float32 is less. */
const lowest = -3.4028234663852886e38;

/** What a pooling that took the largest values read and gave. */
interface LargestPass {
  readonly input: Value;
  readonly output: Value;
  readonly window: PoolWindow;
}

/** Poolings of blocked activations: in blocks where the windows allow it, else by way of the plain layout. */
export class BlockedPooling {
  private readonly unblocked: Pooling;

  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
    private readonly convolution: BlockedConvolution,
    private readonly reordering: Reordering,
  ) {
    this.unblocked = new Pooling(to);
  }

  largest(input: Value, shape: Shape, window: PoolWindow, places: ChannelPlaces): Value {
    if (this.layout.lanes === 1) return this.largestOfImage(input, window);
    const phases = columnPhases(shape, window);
    if (!phases) return this.reordering.blocked(this.largestInPlain(input, window, places), places);
    return this.largestByPhases(input, window, phases);
  }

  largestGradient(
    gradient: Value,
    { input, output, window, places }: LargestPass & { readonly places: ChannelPlaces },
  ): Value {
    if (tilesExactly(window)) return this.sharedOut(gradient, input, output, window.stride);
    const [plainGradient, plainOutput] = [gradient, output].map((value) => this.reordering.plain(value, places));
    return this.largestGradientInPlain(plainGradient!, { input, output: plainOutput!, window }, places);
  }

  /** Of blocked activations, [batch, channels, height, width]. */
  largestInPlain(input: Value, window: PoolWindow, places: ChannelPlaces): Value {
    return this.unblocked.largest(this.reordering.plain(input, places), window);
  }

  /** In blocks, from a gradient and an output that are [batch, channels, height, width]. */
  largestGradientInPlain(gradient: Value, { input, output, window }: LargestPass, places: ChannelPlaces): Value {
    const plainInput = this.reordering.plain(input, places);
    return this.reordering.blocked(this.unblocked.largestGradient(gradient, plainInput, output, window), places);
  }

  mean(input: Value, window: PoolWindow, places: ChannelPlaces): Value {
    return this.reordering.blocked(this.unblocked.mean(this.reordering.plain(input, places), window), places);
  }

  meanGradient(gradient: Value, shape: Shape, window: PoolWindow, places: ChannelPlaces): Value {
    const plain = this.unblocked.meanGradient(this.reordering.plain(gradient, places), shape, window);
    return this.reordering.blocked(plain, places);
  }

  private largestOfImage(input: Value, { kernel, stride, margins }: PoolWindow): Value {
    const { top, left, bottom, right } = margins;
    const { groups, channels, height, width } = this.layout.parts(input);
    const extents = [
      groups,
      channels,
      (top + height + bottom - kernel[0]) / stride + 1,
      (left + width + right - kernel[1]) / stride + 1,
    ];
    return blockedNode(this.to, 'MaxPool', [input], extents, {
      kernel_shape: [...kernel],
      strides: [stride, stride],
      pads: [top, left, Math.max(0, bottom), Math.max(0, right)],
    });
  }

  /** The images of a group lie side by side, so that columns are pooled phase by phase; the largest of all phases is taken. */
  private largestByPhases(input: Value, { kernel, stride, margins }: PoolWindow, phases: readonly Phase[]): Value {
    const { lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(input);
    const { top, left, bottom, right } = margins;
    const extents = [
      groups,
      channels,
      (top + height + bottom - kernel[0]) / stride + 1,
      ((left + width + right - kernel[1]) / stride + 1) * lanes,
    ];
    const parts = phases.map(({ start, taps, before, after }) => {
      const attributes = {
        kernel_shape: [kernel[0], taps.length],
        strides: [stride, 1],
        dilations: [1, lanes],
        pads: [top, 0, Math.max(0, bottom), 0],
      };
      const columns = this.convolution.columnPhase(input, start, stride);
      return blockedNode(this.to, 'MaxPool', [this.surrounded(columns, before, after)], extents, attributes);
    });
    return parts.length === 1 ? parts[0]! : this.to.emit('Max', parts, extents);
  }

  /** Columns before and after that are less than every value; the operator itself takes fewer of them than its kernel has. */
  private surrounded(value: Value, before: number, after: number): Value {
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(value);
    const column = lanes * block;
    const rows = this.to.reshape(value, [this.layout.blocksOf(value), height, width * column]);
    const wider = this.to.padded(rows, [0, 0, before * column], [0, 0, after * column], lowest);
    return this.to.reshape(wider, [groups, channels, height, (before + width + after) * lanes]);
  }

  /** Where every value is in one window: its gradient goes to the first of the largest, row by row. */
  private sharedOut(gradient: Value, input: Value, output: Value, stride: number): Value {
    const { extents } = gradient;
    const zero = this.to.model.scalar(0);
    let taken: Value | undefined;
    const parts = range(stride).map((row) =>
      range(stride).map((column) => {
        const values = this.rowPhase(this.convolution.columnPhase(input, column, stride), row, stride);
        const equal = this.to.emit('Equal', [values, output], extents);
        const isFirst = taken ? this.to.emit('And', [equal, this.to.emit('Not', [taken], extents)], extents) : equal;
        taken = taken ? this.to.emit('Or', [taken, equal], extents) : equal;
        return this.to.emit('Where', [isFirst, gradient, zero], extents);
      }),
    );
    return this.convolution.woven(parts, input.extents);
  }

  /** Every `stride`-th row from `start`. */
  private rowPhase(value: Value, start: number, stride: number): Value {
    const { block } = this.layout;
    const [groups, channels, height, columns] = value.extents as [number, number, number, number];
    const rows = [(groups * channels) / block, height / stride, stride, columns * block];
    const own = this.to.window(this.to.reshape(value, rows), 2, start, 1);
    return this.to.reshape(own, [groups, channels, height / stride, columns]);
  }
}

/** The phases of an image's columns, or null where they cannot be had. */
function columnPhases({ width }: Shape, { kernel, stride, margins }: PoolWindow): Phase[] | null {
  const { left, right } = margins;
  if (width % stride !== 0) return null;
  const phases = inputPhases(kernel[1], stride, left, width, (left + width + right - kernel[1]) / stride + 1);
  return phases.every(({ before, after }) => before >= 0 && after >= 0) ? phases : null;
}

/** Windows side by side that fill the image. */
function tilesExactly({ kernel, stride, margins }: PoolWindow): boolean {
  return kernel.every((taps) => taps === stride) && Object.values(margins).every((margin) => margin === 0);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
