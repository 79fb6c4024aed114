import type { Margins } from '../../network/layers/graphOps';
import { sizeOf } from '../../network/parameters';
import type { Attribute, GraphBuilder } from './graphBuilder';
import { physicalExtents, type DataFormat } from './layout';
import { subsampling } from './subsampling';
import type { Value } from './value';

const float = { type: 'float32' } as const;
const int = { type: 'int32' } as const;
export type Extents4 = readonly [batch: number, channels: number, height: number, width: number];

/** TensorFlow's operations on values that lie as the data format says; extents are in PyTorch's order. */
export class ValueOps {
  private readonly known = new Map<string, unknown>();

  constructor(
    readonly graph: GraphBuilder,
    readonly dataFormat: DataFormat,
  ) {}

  emit(
    op: string,
    inputs: readonly (Value | string)[],
    extents: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return { name: this.graph.node(op, names, { T: float, ...attributes }), extents };
  }

  binary(op: 'AddV2' | 'Mul' | 'Sub', left: Value, right: Value | string): Value {
    return this.emit(op, [left, right], left.extents);
  }

  scaled(value: Value, factor: number): Value {
    return this.binary('Mul', value, this.graph.scalar(factor));
  }

  /** A vector by channel is added to an image. */
  withBias(value: Value, bias: Value): Value {
    return this.emit('BiasAdd', [value, bias], value.extents, { data_format: this.dataFormat });
  }

  product(left: Value, right: Value, extents: readonly number[], which: Readonly<Record<string, boolean>>): Value {
    return this.emit('MatMul', [left, right], extents, { transpose_a: false, transpose_b: false, ...which });
  }

  /** Sum over these axes, as they lie in memory. */
  sum(value: Value, axes: readonly number[], extents: readonly number[], keepsAxes = false): Value {
    return this.emit('Sum', [value, this.graph.integers(axes)], extents, { Tidx: int, keep_dims: keepsAxes });
  }

  reshaped(value: Value, physical: readonly number[], extents: readonly number[]): Value {
    return this.emit('Reshape', [value, this.graph.integers(physical)], extents, { T: float, Tshape: int });
  }

  /** [batch, features] with the features in PyTorch's order: channel by channel. */
  flat(value: Value): Value {
    const [batch, ...others] = value.extents as Extents4;
    const isOrdered = this.dataFormat === 'NCHW' || isOfOnePlace(value.extents);
    const ordered = isOrdered ? value : this.transposed(value, [0, 3, 1, 2], value.extents);
    const extents = [batch, sizeOf(others)];
    return this.reshaped(ordered, extents, extents);
  }

  /** Images whose values are given in PyTorch's order, whatever their shape. */
  images(value: Value, extents: readonly number[]): Value {
    if (isOfOnePlace(extents)) return this.reshaped(value, physicalExtents(extents, this.dataFormat), extents);
    const apart = value.extents.join() === extents.join() ? value : this.reshaped(value, extents, extents);
    return this.dataFormat === 'NCHW' ? apart : this.transposed(apart, [0, 2, 3, 1], extents);
  }

  /** Which axis in memory is that of the channels. */
  get channelAxis(): number {
    return this.dataFormat === 'NHWC' ? 3 : 1;
  }

  concatChannels(values: readonly Value[]): Value {
    const channels = values.reduce((sum, { extents }) => sum + extents[1]!, 0);
    return this.concatenated(values, this.channelAxis, values[0]!.extents.with(1, channels));
  }

  /** One after another along an axis in memory. */
  concatenated(values: readonly Value[], axis: number, extents: readonly number[]): Value {
    const operands = [...values, this.graph.integers([axis], [])];
    return this.emit('ConcatV2', operands, extents, { N: { int: values.length }, Tidx: int });
  }

  /** Equal parts along an axis in memory, of these extents. */
  parts(value: Value, axis: number, count: number, extents: readonly number[]): Value[] {
    return this.once(`parts ${value.name} ${axis} ${count}`, () => {
      const operands = [this.graph.integers([axis], []), value.name];
      const name = this.graph.node('Split', operands, { T: float, num_split: { int: count } });
      return Array.from({ length: count }, (_, index) => ({ name: `${name}:${index}`, extents }));
    });
  }

  /** The value with these margins around, where a negative one leaves rows or columns out: made once for all who need it. */
  surrounded(value: Value, margins: Margins, filling = 0): Value {
    const { top, left, bottom, right } = margins;
    return this.once(`surrounded ${value.name} ${top} ${left} ${bottom} ${right} ${filling}`, () => {
      const kept = this.window(value, [0, 0, cut(top), cut(left)], withMargins(value.extents, negative(margins)));
      const before = [0, 0, Math.max(0, top), Math.max(0, left)];
      const after = [0, 0, Math.max(0, bottom), Math.max(0, right)];
      return this.padded(kept, after, withMargins(value.extents, margins), before, filling);
    });
  }

  /** The way back from `surrounded`, to these extents: zeros where values were left out. */
  withoutMargins(value: Value, margins: Margins, extents: readonly number[]): Value {
    const { top, left, bottom, right } = margins;
    const kept = withMargins(extents, negative(margins));
    const own = this.window(value, [0, 0, Math.max(0, top), Math.max(0, left)], kept);
    return this.padded(own, [0, 0, cut(bottom), cut(right)], extents, [0, 0, cut(top), cut(left)]);
  }

  /** Every `stride`-th row and column. */
  everyNth(value: Value, stride: number): Value {
    if (stride === 1) return value;
    const { whole, taken, wholeView, takenView } = subsampling(value.extents, stride, this.dataFormat);
    const missing = whole.map((count, axis) => count - value.extents[axis]!);
    const view = this.reshaped(this.padded(value, missing, whole), wholeView, wholeView);
    const firsts = this.slice(view, [0, 0, 0, 0], takenView, takenView);
    return this.reshaped(firsts, physicalExtents(taken, this.dataFormat), taken);
  }

  /** The way back from `everyNth`, to these extents: zeros where values were left out. */
  spread(value: Value, stride: number, extents: readonly number[]): Value {
    if (stride === 1) return value;
    const { whole, wholeView, takenView } = subsampling(extents, stride, this.dataFormat);
    const firsts = this.reshaped(value, takenView, takenView);
    const others = wholeView.map((count, axis) => count - takenView[axis]!);
    const view = this.pad(firsts, [0, 0, 0, 0], others, wholeView, 0);
    return this.window(this.reshaped(view, physicalExtents(whole, this.dataFormat), whole), [0, 0, 0, 0], extents);
  }

  /**
   * The phases of images that are surrounded by zeros first: `count` x `count` times as many images, each with every `count`-th row
   * and column. In NHWC alone.
   */
  phases(value: Value, count: number, around: Margins): Value {
    return this.once(`phases ${value.name} ${count} ${Object.values(around).join()}`, () => {
      const extents = this.phaseExtents(value.extents, count, around);
      return this.emit('SpaceToBatchND', this.phaseOperands(value, count, around), extents, {
        Tblock_shape: int,
        Tpaddings: int,
      });
    });
  }

  /** The way back from `phases`. */
  joinedPhases(value: Value, count: number, around: Margins): Value {
    const { top, left, bottom, right } = around;
    const [batch, channels, height, width] = value.extents as Extents4;
    const images = batch < 0 ? batch : batch / count ** 2;
    const extents = [images, channels, height * count - top - bottom, width * count - left - right];
    return this.emit('BatchToSpaceND', this.phaseOperands(value, count, around), extents, {
      Tblock_shape: int,
      Tcrops: int,
    });
  }

  /** Of the phases of images of these extents. */
  phaseExtents(extents: readonly number[], count: number, around: Margins): number[] {
    const [batch, channels, height, width] = withMargins(extents, around) as unknown as Extents4;
    return [batch < 0 ? batch : batch * count ** 2, channels, height / count, width / count];
  }

  private phaseOperands(value: Value, count: number, { top, left, bottom, right }: Margins): (Value | string)[] {
    return [value, this.graph.integers([count, count]), this.graph.integers([top, bottom, left, right], [2, 2])];
  }

  /** Values after those of each axis, and before them; in PyTorch's order. */
  padded(
    value: Value,
    after: readonly number[],
    extents: readonly number[],
    before: readonly number[] = [0, 0, 0, 0],
    filling = 0,
  ): Value {
    if ([...before, ...after].every((count) => count === 0)) return value;
    const [first, last] = [before, after].map((counts) => physicalExtents(counts, this.dataFormat)) as [
      number[],
      number[],
    ];
    return this.pad(value, first, last, extents, filling);
  }

  /** A part of the value from `begin`, both in PyTorch's order. */
  window(value: Value, begin: readonly number[], extents: readonly number[]): Value {
    if (begin.every((start) => start === 0) && extents.join() === value.extents.join()) return value;
    const { dataFormat } = this;
    return this.slice(value, physicalExtents(begin, dataFormat), physicalExtents(extents, dataFormat), extents);
  }

  /** What was made under this key, which tells all that it is made of. */
  private once<Made>(key: string, make: () => Made): Made {
    if (!this.known.has(key)) this.known.set(key, make());
    return this.known.get(key) as Made;
  }

  private pad(
    value: Value,
    before: readonly number[],
    after: readonly number[],
    extents: readonly number[],
    filling: number,
  ): Value {
    const pairs = before.flatMap((count, axis) => [count, after[axis]!]);
    const counts = this.graph.integers(pairs, [before.length, 2]);
    const attributes = { T: float, Tpaddings: int };
    if (filling === 0) return this.emit('Pad', [value, counts], extents, attributes);
    return this.emit('PadV2', [value, counts, this.graph.scalar(filling)], extents, attributes);
  }

  private slice(value: Value, begin: readonly number[], sizes: readonly number[], extents: readonly number[]): Value {
    const bounds = [begin, sizes].map((counts) => this.graph.integers(counts));
    return this.emit('Slice', [value, ...bounds], extents, { T: float, Index: int });
  }

  /** The physical axes in this order. */
  private transposed(value: Value, order: readonly number[], extents: readonly number[]): Value {
    return this.emit('Transpose', [value, this.graph.integers(order)], extents, { T: float, Tperm: int });
  }
}

/** Extents with these margins around the image. */
export function withMargins(extents: readonly number[], { top, left, bottom, right }: Margins): number[] {
  const [batch, channels, height, width] = extents as Extents4;
  return [batch, channels, height + top + bottom, width + left + right];
}

function isOfOnePlace(extents: readonly number[]): boolean {
  return extents[2] === 1 && extents[3] === 1;
}

/** How many rows or columns a margin leaves out. */
function cut(margin: number): number {
  return Math.max(0, -margin);
}

function negative({ top, left, bottom, right }: Margins): Margins {
  return { top: -cut(top), left: -cut(left), bottom: -cut(bottom), right: -cut(right) };
}
