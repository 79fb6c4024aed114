import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb';

/** An integer, integers, a string, or floats marked as such. */
export type Attribute =
  number | readonly number[] | string | { readonly float: number } | { readonly floats: readonly number[] };

/** An extent, or the name of one that is known only when the model runs. */
export type Extent = number | string;

export type Attributes = Readonly<Record<string, Attribute>>;

/** A node of an ONNX graph; its domain is ONNX's own if left out. */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Attributes;
  readonly domain?: string;
}

export function nodeProto({ name, operator, inputs, outputs, attributes = {}, domain = '' }: OnnxNode): NodeProto {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeProto(key, value));
  return create(NodeProtoSchema, {
    name,
    opType: operator,
    input: [...inputs],
    output: [...outputs],
    attribute,
    domain,
  });
}

/** Values in the order of rows, float32 or int64 by the kind of array. */
export function tensorProto(
  name: string,
  extents: readonly number[],
  values: Float32Array | BigInt64Array,
): TensorProto {
  const dataType = values instanceof Float32Array ? DataType.FLOAT : DataType.INT64;
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return create(TensorProtoSchema, { name, dataType, dims: extents.map(BigInt), rawData });
}

/** Name, type and shape of a tensor. */
export function valueInfoProto(
  name: string,
  extents: readonly Extent[],
  type: 'float32' | 'int32' = 'float32',
): ValueInfoProto {
  const dim = extents.map((extent) => ({
    value:
      typeof extent === 'number'
        ? { case: 'dimValue' as const, value: BigInt(extent) }
        : { case: 'dimParam' as const, value: extent },
  }));
  const elemType = type === 'float32' ? DataType.FLOAT : DataType.INT32;
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } },
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeType.FLOAT, f: value.float });
  if ('floats' in value)
    return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [...value.floats] });
  return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints: value.map(BigInt) });
}
