import type { Shape } from '../../../network/graph';
import { convolvedExtent } from '../../../network/layers/conv';
import type { ConvGeometry } from '../../../network/layers/graphOps';
import type { Emitter } from '../emitter';
import type { Value } from '../value';
import { blockedNode, type BlockedLayout } from './layout';
import { Pending, PendingConvolution, ScaledGradient, type Epilogue } from './pending';
import { gradientPhases, inputPhases, type Phase } from './phases';

/** A convolution and its two gradients, all three by onnxruntime's blocked convolution. */
export class BlockedConvolution {
  private readonly phasesOfInputs = new Map<string, Value>();

  constructor(
    private readonly to: Emitter,
    private readonly layout: BlockedLayout,
  ) {}

  /** The bias, where there is one, is added before what the one who takes the result adds. */
  forward(input: Value, weights: Value, geometry: ConvGeometry, ownBias: Value | null = null): PendingConvolution {
    const { groups, height, width } = this.layout.parts(input);
    const { kernel, stride, padding } = geometry;
    const output = {
      height: convolvedExtent(height, kernel[0], geometry),
      width: convolvedExtent(width, kernel[1], geometry),
    };
    const extents = [groups, weights.extents[0]!, output.height, output.width * this.layout.lanes];
    return new PendingConvolution(extents, (scale, givenBias, epilogue) => {
      const bias = this.sumOfBiases(ownBias, scale, givenBias);
      const scaled = scale ? this.scaledByFilter(weights, scale) : weights;
      if (this.layout.lanes === 1) {
        const pads = [padding, padding, padding, padding];
        const attributes = {
          kernel_shape: [...kernel],
          strides: [stride, stride],
          pads,
          ...groupAttribute(weights, geometry),
        };
        return this.convolve(input, scaled, bias, epilogue, extents, attributes);
      }
      const phases = inputPhases(kernel[1], stride, padding, width, output.width);
      return this.byColumnPhases(input, scaled, bias, epilogue, extents, phases, geometry);
    });
  }

  /** The images of a group lie side by side, so a stride along the row takes the row apart first. */
  private byColumnPhases(
    input: Value,
    weights: Value,
    bias: Value | null,
    { sum, relu }: Epilogue,
    extents: readonly number[],
    phases: readonly Phase[],
    geometry: ConvGeometry,
  ): Value {
    const { lanes } = this.layout;
    const { kernel, stride, padding } = geometry;
    const group = groupAttribute(weights, geometry);
    return phases.reduce<Value | undefined>((before, { start, taps, before: left, after: right }, index) => {
      const attributes = {
        kernel_shape: [kernel[0], taps.length],
        strides: [stride, 1],
        dilations: [1, lanes],
        pads: [padding, left * lanes, padding, right * lanes],
        ...group,
      };
      const partialSum = before ?? sum;
      const epilogue = {
        ...(partialSum ? { sum: partialSum } : {}),
        relu: relu === true && index === phases.length - 1,
      };
      return this.convolve(
        this.columnPhase(input, start, stride),
        this.tapsOf(weights, taps, stride),
        index === 0 ? bias : null,
        epilogue,
        extents,
        attributes,
      );
    }, undefined)!;
  }

  inputGradient(gradient: Value, weights: Value, shape: Shape, geometry: ConvGeometry): Value {
    const { lanes } = this.layout;
    const { kernel, stride, padding } = geometry;
    const group = groupAttribute(weights, geometry);
    const { groups, height, width } = this.layout.parts(gradient);
    const [value, scale] = gradient instanceof ScaledGradient ? [gradient.value, gradient.scale] : [gradient, null];
    const turned = this.turned(scale ? this.scaledByFilter(weights, scale) : weights);
    const rowPhases = gradientPhases(kernel[0], stride, padding, shape.height, height);
    const columnPhases = gradientPhases(kernel[1], stride, padding, shape.width, width);
    const channels = turned.extents[0]!;
    const part = (row: Phase, column: Phase, epilogue: Epilogue): Value => {
      const extents = [groups, channels, shape.height / stride, (shape.width / stride) * lanes];
      if (row.taps.length === 0 || column.taps.length === 0) return this.to.spread(this.to.filled(0, [1]), extents);
      const attributes = {
        kernel_shape: [row.taps.length, column.taps.length],
        dilations: [1, lanes],
        pads: [row.before, column.before * lanes, row.after, column.after * lanes],
        ...group,
      };
      return this.convolve(value, this.turnedTaps(turned, row, column, stride), null, epilogue, extents, attributes);
    };
    const extents = [groups, channels, shape.height, shape.width * lanes];
    if (stride === 1) return new Pending(extents, (epilogue) => part(rowPhases[0]!, columnPhases[0]!, epilogue));
    return this.woven(
      rowPhases.map((row) => columnPhases.map((column) => part(row, column, {}))),
      extents,
    );
  }

  /**
   * For every channel block of the input, a convolution of the input with the output's gradient as weights: the images of a
   * group are its channels, the groups are convolution groups and are summed at the end; its output places are the kernel's taps.
   */
  weightGradient(gradient: Value, input: Value, { kernel, stride, padding }: ConvGeometry): Value {
    const { block } = this.layout;
    const { groups, channels: filters, height, width } = this.layout.parts(gradient);
    const { channels, width: inputWidth } = this.layout.parts(input);
    const together = this.layout.channelsTogether(channels);
    const [value, scale] = gradient instanceof ScaledGradient ? [gradient.value, gradient.scale] : [gradient, null];
    const kernels = this.to.reshape(value, [groups * filters, block, height, width]);
    const phases = inputPhases(kernel[1], stride, padding, inputWidth, width);
    const channelBlocks = Array.from({ length: channels / together }, (_, channelBlock) => {
      const parts = phases.map((phase) => {
        const images = this.imagesAsChannels(this.columnPhase(input, phase.start, stride), channelBlock, phase);
        const taps = this.tapGradients(images, kernels, { stride, padding, rows: kernel[0], together });
        return this.to.reshape(taps, [filters / block, kernel[0], phase.taps.length, together * block]);
      });
      const order = phases.flatMap(({ taps }) => taps);
      return this.to.reshape(this.inOrder(this.to.concatenate(parts, 2), 2, order), [
        filters / block,
        1,
        kernel[0] * kernel[1] * together * block,
      ]);
    });
    const extents = [filters, channels, ...kernel];
    const whole = this.to.reshape(this.to.concatenate(channelBlocks, 1), extents);
    return scale ? this.scaledByFilter(whole, scale) : whole;
  }

  /** Every `stride`-th column of every image from `start`; kept, because forward and backward pass both want it. */
  columnPhase(input: Value, start: number, stride: number): Value {
    if (stride === 1) return input;
    const key = `${input.name} ${start} ${stride}`;
    const known = this.phasesOfInputs.get(key);
    if (known) return known;
    const { lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(input);
    const together = this.layout.channelsTogether(channels);
    const rows = (groups * channels * height) / together;
    const apart = this.to.reshape(input, [rows, width / stride, stride, lanes * together]);
    const extents = [groups, channels, height, (width / stride) * lanes];
    const phase = this.to.reshape(this.to.window(apart, 2, start, 1), extents);
    this.phasesOfInputs.set(key, phase);
    return phase;
  }

  /** An image of zeros in which the value's rows and columns stand `stride` apart. */
  spreadOut(value: Value, stride: number, { height, width }: { height: number; width: number }): Value {
    if (stride === 1) return value;
    const zeros = this.to.spread(this.to.filled(0, [1]), value.extents);
    const phases = Array.from({ length: stride }, (_, index) => index);
    const extents = [value.extents[0]!, value.extents[1]!, height, width * this.layout.lanes];
    return this.woven(
      phases.map((row) => phases.map((column) => (row === 0 && column === 0 ? value : zeros))),
      extents,
    );
  }

  /** One channel block of the input, with the phase's zeros around, as [1, images, height, columns * channels of the block]. */
  private imagesAsChannels(input: Value, channelBlock: number, { before, after }: Phase): Value {
    const { block, lanes } = this.layout;
    const { groups, channels, height, width } = this.layout.parts(input);
    const together = this.layout.channelsTogether(channels);
    const blocks = channels / together;
    const columnSize = lanes * together;
    const byBlock = this.to.reshape(input, [groups, blocks, height, width * columnSize]);
    const own = this.to.padded(
      byBlock,
      [0, -channelBlock, 0, before * columnSize],
      [0, channelBlock + 1 - blocks, 0, after * columnSize],
    );
    const columns = before + width + after;
    const places = groups * height * columns;
    const turned =
      together === 1
        ? own
        : blockedNode(
            this.to,
            'ReorderInput',
            [this.to.reshape(own, [places, lanes, together, 1])],
            [places, lanes, together, 1],
          );
    return this.to.reshape(turned, [1, groups * block, height, columns * together]);
  }

  private tapGradients(
    images: Value,
    kernels: Value,
    { stride, padding, rows, together }: { stride: number; padding: number; rows: number; together: number },
  ): Value {
    const { block } = this.layout;
    const [, imageCount, height, columns] = images.extents as [number, number, number, number];
    const [filters, , outputHeight, outputWidth] = kernels.extents as [number, number, number, number];
    const groups = imageCount / block;
    const reach = stride * (outputHeight - 1) + 1;
    const below = Math.max(0, rows - 1 + reach - height - padding);
    const tapRows = height + padding + below - reach + 1;
    const tapColumns = columns - together * (outputWidth - 1);
    const attributes = {
      kernel_shape: [outputHeight, outputWidth],
      group: groups,
      dilations: [stride, together],
      pads: [padding, 0, below, 0],
    };
    const products = this.convolve(images, kernels, null, {}, [1, filters, tapRows, tapColumns], attributes);
    const byGroup = this.to.reshape(products, [groups, filters / groups / block, tapRows, tapColumns * block]);
    return this.to.window(this.to.total(byGroup, 0), 1, 0, rows);
  }

  private convolve(
    input: Value,
    weights: Value,
    bias: Value | null,
    { sum, relu }: Epilogue,
    extents: readonly number[],
    attributes: Parameters<Emitter['emit']>[3],
  ): Value {
    const all = { ...attributes, ...(relu ? { activation: 'Relu' } : {}) };
    return blockedNode(this.to, 'Conv', [input, weights, bias, sum ?? null], extents, all);
  }

  /** Puts the phases of rows and columns together to a whole image. */
  woven(parts: readonly (readonly Value[])[], extents: readonly number[]): Value {
    const { block, lanes } = this.layout;
    const [groups, channels, height, columns] = extents as [number, number, number, number];
    const stride = parts.length;
    const rows = (groups * (channels / block) * height) / stride;
    const rowPhases = parts.map((row) => {
      const columnPhases = row.map((part) => this.to.reshape(part, [rows, columns / lanes / stride, 1, lanes * block]));
      return this.to.reshape(this.to.concatenate(columnPhases, 2), [rows, 1, columns * block]);
    });
    return this.to.reshape(this.to.concatenate(rowPhases, 1), extents);
  }

  /** Weights times a factor by filter. */
  private scaledByFilter(weights: Value, scale: Value): Value {
    const { block } = this.layout;
    const [filters, channels, rows, columns] = weights.extents as [number, number, number, number];
    const byFilter = this.to.reshape(weights, [filters / block, channels * rows * columns, block]);
    const factors = this.to.reshape(scale, [filters / block, 1, block]);
    return this.to.reshape(this.to.product(byFilter, factors), weights.extents);
  }

  /** Some columns of the kernel, at even distances. */
  private tapsOf(weights: Value, taps: readonly number[], stride: number): Value {
    const { block } = this.layout;
    const [filters, channels, rows, columns] = weights.extents as [number, number, number, number];
    if (taps.length === columns) return weights;
    const together = this.layout.channelsTogether(channels);
    const size = together * block;
    const byColumn = this.to.reshape(weights, [(filters * channels * rows) / size, columns, size]);
    return this.to.reshape(this.to.window(byColumn, 1, taps[0]!, taps.length, stride), [
      filters,
      channels,
      rows,
      taps.length,
    ]);
  }

  /**
   * Weights with filters and channels exchanged and the kernel turned by half a turn, as [channels, filters, taps]; depthwise ones
   * are turned alone.
   */
  private turned(weights: Value): Value {
    const { block } = this.layout;
    const [filters, channels, rows, columns] = weights.extents as [number, number, number, number];
    if (channels === 1) {
      const byTap = this.to.reshape(weights, [filters / block, rows * columns, block]);
      return this.to.reshape(this.to.reversed(byTap, 1), weights.extents);
    }
    const apart = this.to.reshape(weights, [filters / block, channels / block, rows * columns, block, block]);
    const exchanged = this.to.reversed(this.to.transpose(apart, [1, 0, 2, 4, 3]), 2);
    return this.to.reshape(exchanged, [channels, filters, rows, columns]);
  }

  private turnedTaps(turned: Value, row: Phase, column: Phase, stride: number): Value {
    const { block } = this.layout;
    const [channels, filters, rows, columns] = turned.extents as [number, number, number, number];
    const [rowTaps, columnTaps] = [row.taps, column.taps];
    if (rowTaps.length === rows && columnTaps.length === columns) return turned;
    const size = filters === 1 ? block : block * block;
    const apart = this.to.reshape(turned, [(channels * filters) / size, rows, columns, size]);
    const ownRows = this.to.window(apart, 1, rows - 1 - rowTaps.at(-1)!, rowTaps.length, stride);
    const own = this.to.window(ownRows, 2, columns - 1 - columnTaps.at(-1)!, columnTaps.length, stride);
    return this.to.reshape(own, [channels, filters, rowTaps.length, columnTaps.length]);
  }

  /** Entry `i` of the axis goes to place `places[i]`. */
  private inOrder(value: Value, axis: number, places: readonly number[]): Value {
    if (places.every((place, index) => place === index)) return value;
    const sources = places.map((_, place) => places.indexOf(place));
    return this.to.taken(value, axis, sources);
  }

  /** What is added to a convolution's result that is scaled by filter before: its own bias scaled, and the given one. */
  private sumOfBiases(own: Value | null, scale: Value | null, given: Value | null): Value | null {
    if (!own) return given;
    const scaled = scale ? this.to.product(own, scale) : own;
    return given ? this.to.sum(scaled, given) : scaled;
  }
}

/** Depthwise weights, [filters, 1, rows, columns], are in as many groups as there are filters in memory. */
function groupAttribute(weights: Value, { groups }: ConvGeometry): { group?: number } {
  return groups === 1 ? {} : { group: weights.extents[0]! };
}
