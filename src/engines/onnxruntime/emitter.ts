import type { Domain, ModelBuilder } from '../../formats/onnx/modelBuilder';
import type { Attribute } from '../../formats/onnx/protoParts';
import { sizeOf } from '../../network/parameters';
import type { Value } from './value';

/** The same values with other extents; the operator is put in when somebody reads the name. */
class Reshaped implements Value {
  private emitted: string | undefined;

  constructor(
    readonly source: Value,
    readonly extents: readonly number[],
    private readonly emit: () => string,
  ) {}

  get name(): string {
    this.emitted ??= this.emit();
    return this.emitted;
  }
}

/** Adds operators to a model and keeps track of their extents. */
export class Emitter {
  /** Names of reshaped values, by that of the value before and their extents. */
  private readonly reshapedNames = new Map<string, string>();

  constructor(readonly model: ModelBuilder) {}

  /** Inputs given by name are constants; an empty name leaves an optional input out. */
  emit(
    operator: string,
    inputs: readonly (Value | string)[],
    extents: readonly number[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = '',
  ): Value {
    const names = inputs.map((input) => (typeof input === 'string' ? input : input.name));
    return { name: this.model.node(operator, names, attributes, domain), extents };
  }

  sum(left: Value, right: Value): Value {
    return this.emit('Add', [left, right], left.extents);
  }

  difference(left: Value, right: Value): Value {
    return this.emit('Sub', [left, right], left.extents);
  }

  /** The right one may be a scalar, or be spread over the left one's leading axes. */
  product(left: Value, right: Value): Value {
    return this.emit('Mul', [left, right], left.extents);
  }

  scaled(value: Value, factor: number): Value {
    return this.emit('Mul', [value, this.model.scalar(factor)], value.extents);
  }

  /** 1 / sqrt(value + epsilon). */
  inverseRoot(value: Value, epsilon: number): Value {
    const shifted = this.emit('Add', [value, this.model.scalar(epsilon)], value.extents);
    return this.emit('Reciprocal', [this.emit('Sqrt', [shifted], value.extents)], value.extents);
  }

  /** Costs one operator, however often a value is reshaped; none where nobody reads the result. */
  reshape(value: Value, extents: readonly number[]): Value {
    if (value.extents.join() === extents.join()) return value;
    const source = value instanceof Reshaped ? value.source : value;
    if (source.extents.join() === extents.join()) return source;
    return new Reshaped(source, extents, () => this.reshapedName(source, extents));
  }

  private reshapedName(source: Value, extents: readonly number[]): string {
    const key = `${source.name} ${extents.join()}`;
    const known = this.reshapedNames.get(key);
    if (known !== undefined) return known;
    const { name } = this.emit('Reshape', [source, this.model.integers(...extents)], extents);
    this.reshapedNames.set(key, name);
    return name;
  }

  /** Axis `i` of the result is axis `order[i]` of the value. */
  transpose(value: Value, order: readonly number[]): Value {
    const extents = order.map((axis) => value.extents[axis]!);
    return this.emit('Transpose', [value], extents, { perm: order });
  }

  /** Sums over axes, which disappear. */
  total(value: Value, ...axes: readonly number[]): Value {
    const extents = value.extents.filter((_, axis) => !axes.includes(axis));
    return this.emit('ReduceSum', [value, this.model.integers(...axes)], extents, { keepdims: 0 });
  }

  concatenate(values: readonly Value[], axis: number): Value {
    const [first, ...others] = values;
    if (!first) throw new Error('There is nothing to concatenate.');
    if (others.length === 0) return first;
    const extent = values.reduce((sum, { extents }) => sum + extents[axis]!, 0);
    return this.emit('Concat', values, first.extents.with(axis, extent), { axis });
  }

  /** A vector's parts of these sizes, one after another. */
  parts(vector: Value, sizes: readonly number[]): Value[] {
    const names = this.model.nodeWithOutputs('Split', [vector.name, this.model.integers(...sizes)], sizes.length, {
      axis: 0,
    });
    return names.map((name, index) => ({ name, extents: [sizes[index]!] }));
  }

  /** `count` entries along an axis from `start`, every `stride`-th. */
  window(value: Value, axis: number, start: number, count: number, stride = 1): Value {
    if (start === 0 && stride === 1 && count === value.extents[axis]) return value;
    const end = start + (count - 1) * stride + 1;
    const bounds = [start, end, axis, stride].map((bound) => this.model.integers(bound));
    return this.emit('Slice', [value, ...bounds], value.extents.with(axis, count));
  }

  /** The entries of an axis at these indices. */
  taken(value: Value, axis: number, indices: readonly number[]): Value {
    return this.emit('Gather', [value, this.model.integers(...indices)], value.extents.with(axis, indices.length), {
      axis,
    });
  }

  /** The entries of an axis in reverse. */
  reversed(value: Value, axis: number): Value {
    const bounds = [-1, -1 - value.extents[axis]!, axis, -1].map((bound) => this.model.integers(bound));
    return this.emit('Slice', [value, ...bounds], value.extents);
  }

  /** Appends zeros, or another constant, before and after; negative numbers take entries away. */
  padded(value: Value, before: readonly number[], after: readonly number[], constant = 0): Value {
    if ([...before, ...after].every((count) => count === 0)) return value;
    const extents = value.extents.map((extent, axis) => extent + before[axis]! + after[axis]!);
    const operands = [value, this.model.integers(...before, ...after)];
    const padded = this.emit('Pad', constant === 0 ? operands : [...operands, this.model.scalar(constant)], extents);
    this.#padded.add(padded.name);
    return padded;
  }
  readonly #padded = new Set<string>();

  /**
   * A value for a pooling to read. onnxruntime 1.30 makes zeros that were put around an image the padding of the pooling behind,
   * where max pooling takes them for less than every value, and refuses its own work where they are as wide as the window. A sum
   * of one between them prevents that.
   */
  apartFromPadding(value: Value): Value {
    return this.#padded.has(value.name) ? this.emit('Sum', [value], value.extents) : value;
  }

  spread(value: Value, extents: readonly number[]): Value {
    return this.emit('Expand', [value, this.model.integers(...extents)], extents);
  }

  filled(constant: number, extents: readonly number[]): Value {
    return this.constant(new Float32Array(sizeOf(extents)).fill(constant), extents);
  }

  constant(values: Float32Array, extents: readonly number[]): Value {
    return { name: this.model.floats(values, extents), extents };
  }
}
