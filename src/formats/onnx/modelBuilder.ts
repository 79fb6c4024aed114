import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
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

/** Versions of the operator sets we write; `com.microsoft.nchwc` holds onnxruntime's blocked convolutions. */
const operatorSets = { '': 17, 'com.microsoft': 1, 'com.microsoft.nchwc': 1 } as const;
export type Domain = keyof typeof operatorSets;

/** An ONNX model under construction. Tensors are known by name; `node` and `constant` make names up. */
export class ModelBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers: TensorProto[] = [];
  private readonly inputs: ValueInfoProto[] = [];
  private readonly outputs: ValueInfoProto[] = [];
  private readonly constants = new Map<string, string>();
  private count = 0;

  input(name: string, extents: readonly Extent[], type: 'float32' | 'int32' = 'float32'): string {
    this.inputs.push(valueInfo(name, extents, type));
    return name;
  }

  /** Makes a tensor an output of the model under the given name. */
  output(name: string, tensor: string, extents: readonly Extent[]): void {
    this.addNode('Identity', [tensor], [name], {}, '');
    this.outputs.push(valueInfo(name, extents, 'float32'));
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = '',
  ): string {
    const name = this.freshName(operator);
    this.addNode(operator, inputs, [name], attributes, domain);
    return name;
  }

  /** A node with several outputs. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ) {
    const names = Array.from({ length: outputs }, () => this.freshName(operator));
    this.addNode(operator, inputs, names, attributes, '');
    return names;
  }

  /** A float tensor; a scalar if there are no extents. */
  floats(values: readonly number[] | Float32Array, extents: readonly number[] = [values.length]): string {
    return this.constant(DataType.FLOAT, extents, Float32Array.from(values));
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  /** A vector of 64-bit integers, as operators take shapes, axes and paddings. */
  integers(...values: readonly number[]): string {
    return this.constant(DataType.INT64, [values.length], BigInt64Array.from(values, BigInt));
  }

  toBytes(): Uint8Array {
    const model = create(ModelProtoSchema, {
      irVersion: 8n,
      producerName: 'sfp-lab',
      opsetImport: Object.entries(operatorSets).map(([domain, version]) => ({ domain, version: BigInt(version) })),
      graph: {
        name: 'network',
        node: this.nodes,
        initializer: this.initializers,
        input: this.inputs,
        output: this.outputs,
      },
    });
    return toBinary(ModelProtoSchema, model);
  }

  private addNode(
    opType: string,
    input: readonly string[],
    output: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    domain: Domain,
  ): void {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    const name = `${opType}_${this.nodes.length}`;
    this.nodes.push(
      create(NodeProtoSchema, { name, opType, input: [...input], output: [...output], attribute, domain }),
    );
  }

  /** Equal constants are stored once. */
  private constant(dataType: DataType, extents: readonly number[], values: Float32Array | BigInt64Array): string {
    const key = `${dataType}:${extents.join()}:${values.join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.freshName('constant');
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.push(create(TensorProtoSchema, { name, dataType, dims: extents.map(BigInt), rawData }));
    this.constants.set(key, name);
    return name;
  }

  private freshName(stem: string): string {
    return `${stem}:${this.count++}`;
  }
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

function valueInfo(name: string, extents: readonly Extent[], type: 'float32' | 'int32'): ValueInfoProto {
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
