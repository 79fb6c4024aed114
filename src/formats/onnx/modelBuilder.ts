import { create, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type NodeProto, type TensorProto, type ValueInfoProto } from './onnx_pb';
import { nodeProto, tensorProto, valueInfoProto, type Attributes, type Extent } from './protoParts';

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
    this.inputs.push(valueInfoProto(name, extents, type));
    return name;
  }

  /** Makes a tensor an output of the model under the given name. */
  output(name: string, tensor: string, extents: readonly Extent[]): void {
    this.addNode('Identity', [tensor], [name], {}, '');
    this.outputs.push(valueInfoProto(name, extents, 'float32'));
  }

  node(operator: string, inputs: readonly string[], attributes: Attributes = {}, domain: Domain = ''): string {
    const name = this.freshName(operator);
    this.addNode(operator, inputs, [name], attributes, domain);
    return name;
  }

  /** A node with several outputs. */
  nodeWithOutputs(operator: string, inputs: readonly string[], outputs: number, attributes: Attributes = {}) {
    const names = Array.from({ length: outputs }, () => this.freshName(operator));
    this.addNode(operator, inputs, names, attributes, '');
    return names;
  }

  /** A float tensor; a scalar if there are no extents. */
  floats(values: readonly number[] | Float32Array, extents: readonly number[] = [values.length]): string {
    return this.constant(extents, Float32Array.from(values));
  }

  scalar(value: number): string {
    return this.floats([value], []);
  }

  /** A vector of 64-bit integers, as operators take shapes, axes and paddings. */
  integers(...values: readonly number[]): string {
    return this.constant([values.length], BigInt64Array.from(values, BigInt));
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
    attributes: Attributes,
    domain: Domain,
  ): void {
    const name = `${opType}_${this.nodes.length}`;
    this.nodes.push(nodeProto({ name, operator: opType, inputs: input, outputs: output, attributes, domain }));
  }

  /** Equal constants are stored once. */
  private constant(extents: readonly number[], values: Float32Array | BigInt64Array): string {
    const key = `${values.BYTES_PER_ELEMENT}:${extents.join()}:${values.join()}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const name = this.freshName('constant');
    this.initializers.push(tensorProto(name, extents, values));
    this.constants.set(key, name);
    return name;
  }

  private freshName(stem: string): string {
    return `${stem}:${this.count++}`;
  }
}
