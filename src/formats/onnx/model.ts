import { create, toBinary } from '@bufbuild/protobuf';
import type { TensorMap } from '../tensor';
import { ModelProtoSchema } from './onnx_pb';
import { nodeProto, tensorProto, valueInfoProto, type Extent, type OnnxNode } from './protoParts';

/**
 * The operator set of the files we write: the one that onnxruntime since 1.12 (2022), Netron, and the converters to
 * PyTorch and TensorFlow read.
 */
export const exportedOperatorSet = 17;

/** The version of the format that came with this operator set. */
const irVersion = 8n;

/** Name and shape of a float32 tensor that nodes compute or the model reads. */
export interface OnnxValue {
  readonly name: string;
  readonly extents: readonly Extent[];
}

/** An ONNX model whose tensors and nodes have readable names. */
export interface OnnxModel {
  readonly name: string;
  /** For people, shown by viewers. */
  readonly description: string;
  readonly producer: { readonly name: string; readonly version: string };
  /** Further facts, by key; written as `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Tensors that nodes compute and that are no outputs, so that viewers can show their shapes. */
  readonly between: readonly OnnxValue[];
  /** In an order in which each comes after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly weights: TensorMap;
  /** Vectors of 64-bit integers, which operators take sizes and axes as. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
}

/** The bytes of a `.onnx` file. Throws an Error when a node reads what is not there, or two tensors have one name. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  requireSoundNames(model);
  const proto = create(ModelProtoSchema, {
    irVersion,
    opsetImport: [{ domain: '', version: BigInt(exportedOperatorSet) }],
    producerName: model.producer.name,
    producerVersion: model.producer.version,
    docString: model.description,
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: model.nodes.map(nodeProto),
      initializer: [
        ...[...model.weights].map(([name, { shape, data }]) => tensorProto(name, shape, data)),
        ...[...model.integers].map(([name, values]) =>
          tensorProto(name, [values.length], BigInt64Array.from(values, BigInt)),
        ),
      ],
      input: model.inputs.map(({ name, extents }) => valueInfoProto(name, extents)),
      output: model.outputs.map(({ name, extents }) => valueInfoProto(name, extents)),
      valueInfo: model.between.map(({ name, extents }) => valueInfoProto(name, extents)),
    },
  });
  return toBinary(ModelProtoSchema, proto);
}

function requireSoundNames({ inputs, outputs, nodes, weights, integers }: OnnxModel): void {
  const known = new Set<string>();
  const define = (name: string): void => {
    if (known.has(name)) throw new Error(`Two tensors of the ONNX model are named "${name}".`);
    known.add(name);
  };
  for (const name of [...inputs.map((input) => input.name), ...weights.keys(), ...integers.keys()]) define(name);
  for (const node of nodes) {
    const missing = node.inputs.find((name) => !known.has(name));
    if (missing !== undefined)
      throw new Error(`Node "${node.name}" reads "${missing}", which does not come before it.`);
    node.outputs.forEach(define);
  }
  const missing = outputs.find(({ name }) => !known.has(name));
  if (missing) throw new Error(`No node of the ONNX model computes its output "${missing.name}".`);
}
