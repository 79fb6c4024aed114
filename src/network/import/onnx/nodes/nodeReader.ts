import {
  floatsOf,
  integersOf,
  isFloatType,
  type OnnxTensor,
  type ReadAttribute,
  type ReadNode,
} from '../../../../formats/onnx/readModel';
import type { Tensor } from '../../../../formats/tensor';
import type { Layer, Shape } from '../../../graph';
import { Unsupported } from '../../parts/importedNetwork';
import type { LayerTensors } from '../../parts/networkBuilder';
import type { ImportState } from './importState';
import type { ConstantValue, ImageValue, IntegersValue, Value } from './values';

/** A node, with what it reads. All methods throw an Unsupported when it is not what they are asked for. */
export class NodeReader {
  constructor(
    readonly node: ReadNode,
    readonly state: ImportState,
  ) {}

  has(index: number): boolean {
    return (this.node.inputs[index] ?? '') !== '';
  }

  value(index: number): Value {
    const value = this.state.values.get(this.node.inputs[index] ?? '');
    if (!value) throw new Unsupported(`It has no input ${index + 1}.`);
    return value;
  }

  /** Activations of any form. */
  activations(index = 0): ImageValue {
    const value = this.value(index);
    if (value.kind === 'image') return value;
    throw new Unsupported(`Its input ${index + 1} is a constant; it must be computed from the images.`);
  }

  /** Activations [batch, channels, height, width]. */
  image(index = 0): ImageValue {
    const value = this.activations(index);
    if (value.layout === 'channelsFirst') return value;
    const found = value.layout === 'flat' ? 'one row an image' : '[batch, height, width, channels]';
    throw new Unsupported(`It reads ${found}; layers of images need [batch, channels, height, width].`);
  }

  shape(value: ImageValue): Shape {
    return this.state.builder.shapeOf(value.layer);
  }

  constant(index: number): ConstantValue {
    const value = this.value(index);
    if (value.kind === 'constant') return value;
    throw new Unsupported(`Its input ${index + 1} is computed; it must be a constant.`);
  }

  constantIfThere(index: number): ConstantValue | null {
    return this.has(index) ? this.constant(index) : null;
  }

  /** A constant of floating-point numbers, as it is used. */
  tensor(constant: ConstantValue): Tensor {
    const { name, tensor, shape } = constant;
    if (!isFloatType(tensor.type)) throw new Unsupported(`"${name}" holds no floating-point numbers.`);
    return { shape, data: floatsOf(tensor) };
  }

  /** A constant of a single number. */
  scalar(index: number): number {
    const constant = this.constant(index);
    const { data } = this.tensor(constant);
    if (data.length !== 1) throw new Unsupported(`"${constant.name}" must be a single number.`);
    return meantNumber(data[0]!);
  }

  /** Integers that are constant or follow from a shape. */
  integers(index: number): readonly (number | 'batch')[] {
    return this.integersValue(index).values;
  }

  integersValue(index: number): IntegersValue {
    const value = this.value(index);
    if (value.kind === 'integers') return value;
    if (value.kind !== 'constant') throw new Unsupported(`Its input ${index + 1} must be integers that are known.`);
    return { kind: 'integers', values: this.integersOf(value.tensor), shape: value.shape };
  }

  integersOf(tensor: OnnxTensor): readonly number[] {
    return reasoned(() => integersOf(tensor));
  }

  isFloat({ tensor }: ConstantValue): boolean {
    return isFloatType(tensor.type);
  }

  /** Integers that do not depend on the number of images, from an attribute or, since later versions, an input. */
  axes(name: string, index: number): readonly number[] | null {
    const own = this.ints(name);
    if (own) return own;
    if (!this.has(index)) return null;
    const values = this.integers(index);
    return values.map((value) => {
      if (value !== 'batch') return value;
      throw new Unsupported('Which axes it takes depends on the number of images.');
    });
  }

  int(name: string, fallback: number): number {
    const attribute = this.#attribute(name, 'int');
    return attribute?.value ?? fallback;
  }

  /** The number that was meant by one in single precision. */
  float(name: string, fallback: number): number {
    const attribute = this.#attribute(name, 'float');
    return attribute ? meantNumber(attribute.value) : fallback;
  }

  text(name: string, fallback: string): string {
    return this.#attribute(name, 'text')?.value ?? fallback;
  }

  ints(name: string): readonly number[] | null {
    return this.#attribute(name, 'ints')?.value ?? null;
  }

  floats(name: string): readonly number[] | null {
    return this.#attribute(name, 'floats')?.value ?? null;
  }

  attribute(name: string): ReadAttribute | undefined {
    return this.node.attributes.get(name);
  }

  /** Adds a layer without parameters that reads one other, and gives its output in the same form. */
  layer(from: ImageValue, what: Layer['kind'], layerOf: (name: string) => Layer): void {
    const name = this.state.nameOf(this.node, what);
    this.state.put(layerOf(name));
    this.give({ ...from, layer: name });
  }

  /** Adds a layer with parameters, which is named by the constants that it has. */
  layerWithTensors(
    from: ImageValue,
    constants: readonly (ConstantValue | null)[],
    layerOf: (name: string) => Layer,
    tensors: LayerTensors,
  ): string {
    const name = this.state.nameOfOwner(this.node, constants);
    const [weights] = constants;
    // Vectors of equal values are stored once by some exporters.
    if (weights && weights.shape.length > 1) this.state.requireOwn(weights, name);
    this.state.put(layerOf(name), tensors);
    this.give({ ...from, layer: name });
    return name;
  }

  /** Says what an output of the node is. */
  give(value: Value, output = 0): void {
    const name = this.node.outputs[output] ?? '';
    if (name !== '') this.state.values.set(name, value);
  }

  /** Throws an Unsupported where other outputs than the first are used. */
  requireOneOutput(what: string): void {
    for (const name of this.node.outputs.slice(1))
      if (name !== '' && (this.state.isLast(name) || this.state.isRead(name)))
        throw new Unsupported(`Its output of ${what} is used; only the first output can be.`);
  }

  #attribute<Kind extends ReadAttribute['kind']>(name: string, kind: Kind) {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return null;
    if (attribute.kind !== kind) throw new Unsupported(`Its "${name}" is not of the kind that the operator has.`);
    return attribute as Extract<ReadAttribute, { readonly kind: Kind }>;
  }
}

/** The shortest decimal number that single precision stores as this one: 0.1 of 0.10000000149. */
export function meantNumber(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return value;
}

/** What readers of values say becomes a reason. */
function reasoned<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new Unsupported(error instanceof Error ? `${error.message}.` : String(error));
  }
}
