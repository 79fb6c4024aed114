import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttrValueSchema,
  DataType,
  NodeDefSchema,
  SavedModelSchema,
  type AttrValue,
  type NodeDef,
} from './tensorflow_pb';

export type ElementType = 'float32' | 'int32' | 'bool';

/** An attribute of an operation, by the kind that its definition asks for. */
export type Attribute =
  | boolean
  | string
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly type: ElementType }
  | { readonly shape: readonly number[] };

export interface NodeOptions {
  /** Made up if left out. */
  readonly name?: string;
  /** Nodes that must have run before. */
  readonly after?: readonly string[];
}

/** The tag by which a session finds our graph in the saved model. */
export const servingTag = 'serve';

/** Version of the graph format (TensorFlow 2.9), which newer libraries read too. */
const graphVersion = 1087;

const dataTypes = { float32: DataType.DT_FLOAT, int32: DataType.DT_INT32, bool: DataType.DT_BOOL } as const;

/** A TensorFlow graph under construction. Tensors are known by the name of their node, with `:1` and so on for later outputs. */
export class GraphBuilder {
  private readonly nodes: NodeDef[] = [];
  private readonly constants = new Map<string, string>();

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    { name = `${op}_${this.nodes.length}`, after = [] }: NodeOptions = {},
  ): string {
    const attr = Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeValue(value)]));
    const input = [...inputs, ...after.map((node) => `^${node}`)];
    this.nodes.push(create(NodeDefSchema, { name, op, input, attr }));
    return name;
  }

  /** A tensor that every run is given; an extent of -1 is known only then. */
  placeholder(name: string, type: ElementType, shape: readonly number[]): string {
    return this.node('Placeholder', [], { dtype: { type }, shape: { shape } }, { name });
  }

  scalar(value: number): string {
    return this.constant('float32', [], Float32Array.of(value));
  }

  /** A vector, or a tensor of that shape. */
  floats(values: readonly number[] | Float32Array, shape: readonly number[] = [values.length]): string {
    return this.constant('float32', shape, Float32Array.from(values));
  }

  /** A vector, as operations take shapes, axes and paddings; or a matrix of that shape. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant('int32', shape, Int32Array.from(values));
  }

  /** The graph as the file `saved_model.pb` of a model without variables of its own. */
  toSavedModel(): Uint8Array {
    const graphDef = { node: this.nodes, versions: { producer: graphVersion } };
    const metaGraphs = [{ metaInfoDef: { tags: [servingTag] }, graphDef }];
    return toBinary(SavedModelSchema, create(SavedModelSchema, { savedModelSchemaVersion: 1n, metaGraphs }));
  }

  /** Equal constants are stored once. */
  private constant(type: ElementType, shape: readonly number[], values: Float32Array | Int32Array): string {
    const key = `${type}:${shape.join()}:${values.join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = `Const_${this.nodes.length}`;
    const tensorContent = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = { dtype: dataTypes[type], tensorShape: shapeProto(shape), tensorContent };
    const attr = {
      dtype: attributeValue({ type }),
      value: create(AttrValueSchema, { value: { case: 'tensor', value: tensor } }),
    };
    this.nodes.push(create(NodeDefSchema, { name, op: 'Const', attr }));
    this.constants.set(key, name);
    return name;
  }
}

function attributeValue(attribute: Attribute): AttrValue {
  return create(AttrValueSchema, { value: attributeCase(attribute) });
}

function attributeCase(attribute: Attribute) {
  if (typeof attribute === 'boolean') return { case: 'b' as const, value: attribute };
  if (typeof attribute === 'string') return { case: 's' as const, value: new TextEncoder().encode(attribute) };
  if ('int' in attribute) return { case: 'i' as const, value: BigInt(attribute.int) };
  if ('ints' in attribute) return { case: 'list' as const, value: { i: attribute.ints.map(BigInt) } };
  if ('float' in attribute) return { case: 'f' as const, value: attribute.float };
  if ('type' in attribute) return { case: 'type' as const, value: dataTypes[attribute.type] };
  return { case: 'shape' as const, value: shapeProto(attribute.shape) };
}

function shapeProto(shape: readonly number[]) {
  return { dim: shape.map((extent) => ({ size: BigInt(extent) })) };
}
