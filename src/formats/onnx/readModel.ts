import { UserError } from '../../base/errors';
import { visibleText } from '../../base/visibleText';
import { sizeOf } from '../tensor';
import { externalPlace, type OnnxDocument } from './document';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb';
import { bytesPerValue, typeInWords, type OnnxTensor } from './tensorValues';

export { floatsOf, integersOf, isFloatType, typeInWords, type OnnxTensor } from './tensorValues';

/** What a setting of a node can be; `unknown` for graphs and other things that no layer has. */
export type ReadAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'graph' | 'unknown' };

/** A node of a model's graph. Inputs and outputs are names of tensors, empty for one that is left out. */
export interface ReadNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, ReadAttribute>;
}

/** A tensor that a model reads or gives. */
export interface ReadValue {
  readonly name: string;
  readonly type: DataType;
  /** The names of extents that the file leaves open, in their places; null where it says nothing of the shape. */
  readonly extents: readonly (number | string)[] | null;
}

/** A model that was read: what is computed with which constants. */
export interface ReadModel {
  readonly producer: string;
  /** Without those that are constants, which old versions of the format list as well. */
  readonly inputs: readonly ReadValue[];
  readonly outputs: readonly ReadValue[];
  readonly nodes: readonly ReadNode[];
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  /** Whether it has tensors of which only some values are given. */
  readonly hasSparseTensors: boolean;
}

/**
 * The model in an ONNX file; its tensors are views of the files' bytes. Throws a UserError when a tensor is not there whole or
 * claims to be larger than its bytes.
 */
export function readModel(document: OnnxDocument): ReadModel {
  const { graph, producerName, producerVersion } = document.model;
  const views = new TensorViews(document);
  const tensors = new Map((graph?.initializer ?? []).map((tensor) => [tensor.name, views.of(tensor)]));
  return {
    producer: [producerName, producerVersion].filter((part) => part !== '').join(' '),
    inputs: (graph?.input ?? []).filter(({ name }) => !tensors.has(name)).map(readValue),
    outputs: (graph?.output ?? []).map(readValue),
    nodes: (graph?.node ?? []).map((node) => readNode(node, views)),
    tensors,
    hasSparseTensors: (graph?.sparseInitializer.length ?? 0) > 0,
  };
}

/** Bytes of the tensor of a document, wherever they are: as `OnnxTensor` has them. Throws a UserError as `readModel` does. */
export function tensorViews(document: OnnxDocument): (tensor: TensorProto) => OnnxTensor {
  const views = new TensorViews(document);
  return (tensor) => views.of(tensor);
}

/** Beside an extent of 0 others can be anything. */
const mostExtent = 2 ** 31;

class TensorViews {
  /** Bytes of each file that no tensor has taken yet: without it a small file could ask for any amount of memory. */
  readonly #unread = new Map<string, number>();

  constructor(private readonly document: OnnxDocument) {}

  of(tensor: TensorProto): OnnxTensor {
    const { name, dataType: type } = tensor;
    const shape = tensor.dims.map(Number);
    if (shape.some((extent) => !(extent >= 0 && extent <= mostExtent)))
      this.#fail(name, `has the shape [${shape.slice(0, 10).join(', ')}]`);
    const { bytes, packing } = this.#valuesOf(tensor);
    const size = bytesPerValue.get(type);
    const count = sizeOf(shape);
    // Types that no layer has are refused where they are read, with the node's name.
    const fits = packing === 'raw' ? size === undefined || count * size === bytes.length : count <= bytes.length;
    if (!fits)
      this.#fail(name, `is [${shape.slice(0, 10).join(', ')}] of ${typeInWords(type)}, but has ${bytes.length} bytes`);
    return { name, type, shape, bytes, packing };
  }

  #valuesOf(tensor: TensorProto): Pick<OnnxTensor, 'bytes' | 'packing'> {
    const place = externalPlace(tensor);
    if (place) return { bytes: this.#externalBytes(tensor.name, place), packing: 'raw' };
    if (tensor.rawData.length > 0) return { bytes: tensor.rawData, packing: 'raw' };
    if (tensor.dataType === DataType.FLOAT) return { bytes: tensor.floatData, packing: 'raw' };
    if (tensor.dataType === DataType.DOUBLE) return { bytes: tensor.doubleData, packing: 'raw' };
    return { bytes: tensor.dataType === DataType.INT64 ? tensor.int64Data : tensor.int32Data, packing: 'varints' };
  }

  #externalBytes(
    name: string,
    { location, offset, length }: NonNullable<ReturnType<typeof externalPlace>>,
  ): Uint8Array {
    const bytes = this.document.external.get(location);
    if (!bytes) return this.#fail(name, `is in "${visibleText(location)}", which was not read`);
    const end = length === null ? bytes.length : offset + length;
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(end) || offset < 0 || end < offset || end > bytes.length)
      this.#fail(name, `lies outside of "${location}", which has ${bytes.length} bytes`);
    const left = (this.#unread.get(location) ?? bytes.length) - (end - offset);
    if (left < 0) this.#fail(name, `overlaps with others in "${location}"`);
    this.#unread.set(location, left);
    return bytes.subarray(offset, end);
  }

  #fail(name: string, reason: string): never {
    const { file } = this.document;
    throw new UserError(
      `${file} is not a whole ONNX file: the tensor "${visibleText(name.slice(0, 200))}" ${reason}; export it again.`,
      { file },
    );
  }
}

function readValue({ name, type }: ValueInfoProto): ReadValue {
  if (type?.value.case !== 'tensorType') return { name, type: DataType.UNDEFINED, extents: null };
  const { elemType, shape } = type.value.value;
  const extents = shape?.dim.map(({ value }) => {
    return value.case === 'dimValue' ? Number(value.value) : (value.value ?? '');
  });
  return { name, type: elemType, extents: extents ?? null };
}

function readNode({ name, opType, domain, input, output, attribute }: NodeProto, views: TensorViews): ReadNode {
  return {
    name,
    operator: opType,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs: input,
    outputs: output,
    attributes: new Map(attribute.map((each) => [each.name, readAttribute(each, views)])),
  };
}

function readAttribute({ type, f, i, s, t, floats, ints }: AttributeProto, views: TensorViews): ReadAttribute {
  switch (type) {
    case AttributeType.FLOAT:
      return { kind: 'float', value: f };
    case AttributeType.INT:
      return { kind: 'int', value: Number(i) };
    case AttributeType.STRING:
      return { kind: 'text', value: new TextDecoder().decode(s) };
    case AttributeType.FLOATS:
      return { kind: 'floats', value: floats };
    case AttributeType.INTS:
      return { kind: 'ints', value: ints.map(Number) };
    case AttributeType.TENSOR:
      return t ? { kind: 'tensor', value: views.of(t) } : { kind: 'unknown' };
    case AttributeType.GRAPH:
      return { kind: 'graph' };
    case AttributeType.UNDEFINED:
    default:
      return { kind: 'unknown' };
  }
}
