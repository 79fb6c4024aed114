import type { ConvGeometry } from '../../../network/layers/graphOps';
import type { Emitter } from '../emitter';
import type { Value } from '../value';
import type { Channelwise } from './channelwise';
import type { BlockedConvolution } from './convolution';
import type { BlockedLayout } from './layout';
import { inputPhases, type Phase } from './phases';
import { ScaledGradient } from './pending';

/** The gradient of depthwise weights: for each tap of the kernel the products with what it reads, summed by channel. */
export class DepthwiseGradient {
  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
    private readonly convolution: BlockedConvolution,
    private readonly channelwise: Channelwise,
  ) {}

  /** [filters, 1, rows, columns], as depthwise weights lie in memory. */
  ofWeights(gradient: Value, input: Value, { kernel, stride, padding }: ConvGeometry): Value {
    const { block } = this.layout;
    const { channels, width } = this.layout.parts(gradient);
    const [value, scale] = gradient instanceof ScaledGradient ? [gradient.value, gradient.scale] : [gradient, null];
    const phases = inputPhases(kernel[1], stride, padding, this.layout.parts(input).width, width);
    const columns = phases.flatMap((phase) => {
      const around = this.surrounded(
        this.convolution.columnPhase(input, phase.start, stride),
        phase,
        padding,
        kernel[0],
      );
      return phase.taps.map((tap, index) => ({
        tap,
        sums: range(kernel[0]).map((row) => this.sums(value, around, row, index, stride)),
      }));
    });
    const inOrder = columns.toSorted((left, right) => left.tap - right.tap);
    const taps = range(kernel[0]).flatMap((row) => inOrder.map(({ sums }) => sums[row]!));
    const byBlock = taps.map((sums) => this.to.reshape(sums, [channels / block, 1, block]));
    const whole = this.to.reshape(this.to.concatenate(byBlock, 1), [channels / block, taps.length, block]);
    const scaled = scale ? this.to.product(whole, this.to.reshape(scale, [channels / block, 1, block])) : whole;
    return this.to.reshape(scaled, [channels, 1, ...kernel]);
  }

  private sums(gradient: Value, around: Surrounded, row: number, column: number, stride: number): Value {
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(gradient);
    const rows = this.to.window(around.value, 1, row, height, stride);
    const read = this.to.window(rows, 2, column * lanes * block, width * lanes * block);
    return this.channelwise.dots(gradient, this.to.reshape(read, [groups, channels, height, width * lanes]));
  }

  /** The input with zeros around, as [groups * blocks, rows, values of a row]. */
  private surrounded(input: Value, { before, after }: Phase, padding: number, taps: number): Surrounded {
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(input);
    const rows = this.to.reshape(input, [(groups * channels) / block, height, width * lanes * block]);
    const column = lanes * block;
    const value = this.to.padded(
      rows,
      [0, padding, before * column],
      [0, Math.max(padding, taps - 1 - padding), after * column],
    );
    return { value };
  }
}

interface Surrounded {
  readonly value: Value;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
