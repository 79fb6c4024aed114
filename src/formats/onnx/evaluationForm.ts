import { create, toBinary } from '@bufbuild/protobuf';
import { sizeOf, type Tensor, type TensorMap } from '../tensor';
import { tensorsOf, type OnnxDocument } from './document';
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType as DataType,
  TensorProtoSchema,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from './onnx_pb';
import { valueInfoProto } from './protoParts';
import { tensorViews } from './readModel';
import { floatsOf, isFloatType, type OnnxTensor } from './tensorValues';

/** Since it, constants need not be inputs as well. */
const irWithoutConstantInputs = 4n;

/** Fewer values may be what an operator needs to know beforehand, such as its padding; more are weights. */
const fewestWeights = 1024;

/** A model without its larger weights, which are inputs of it, and these. */
export interface EvaluationForm {
  readonly model: Uint8Array;
  readonly weights: TensorMap;
}

/**
 * A model that computes a tensor of a document's network in evaluation and in single precision: batch norms go by their running
 * statistics and dropout does nothing, whatever mode it was exported in. Its larger weights are inputs, so that they are not
 * copied into its bytes and out of them again.
 */
export function evaluationForm(document: OnnxDocument, output: string): EvaluationForm {
  const { model } = document;
  const { graph } = model;
  if (!graph) throw new Error('The model has no graph.');
  const weights = new Map<string, Tensor>();
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: model.irVersion < irWithoutConstantInputs ? irWithoutConstantInputs : model.irVersion,
      opsetImport: model.opsetImport,
      graph: evaluationGraph(document, graph, output, weights),
    }),
  );
  return { model: bytes, weights };
}

/** Puts the larger of its weights into `weights`. */
function evaluationGraph(
  document: OnnxDocument,
  graph: GraphProto,
  output: string,
  weights: Map<string, Tensor>,
): GraphProto {
  const view = tensorViews(document);
  const constants = new Map<TensorProto, TensorProto>();
  const isInitializer = new Set(graph.initializer);
  for (const tensor of tensorsOf(document.model)) {
    const seen = view(tensor);
    if (isInitializer.has(tensor) && isFloatType(seen.type) && sizeOf(seen.shape) >= fewestWeights)
      weights.set(tensor.name, { shape: seen.shape, data: floatsOf(seen) });
    else constants.set(tensor, inSinglePrecision(tensor, seen));
  }
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.filter(({ name }) => !initializers.has(name));
  for (const { type } of inputs)
    if (type?.value.case === 'tensorType' && isFloatType(type.value.value.elemType))
      type.value.value.elemType = DataType.FLOAT;
  return create(GraphProtoSchema, {
    name: graph.name,
    node: graph.node.map((node) => evaluationNode(node, constants)),
    initializer: graph.initializer.flatMap((tensor) => constants.get(tensor) ?? []),
    input: [...inputs, ...[...weights].map(([name, { shape }]) => valueInfoProto(name, shape))],
    output: [valueInfoProto(output, [])].map((info) => {
      if (info.type?.value.case === 'tensorType') delete info.type.value.value.shape;
      return info;
    }),
  });
}

function inSinglePrecision({ dims, name }: TensorProto, view: OnnxTensor): TensorProto {
  if (isFloatType(view.type)) {
    const { buffer, byteOffset, byteLength } = floatsOf(view);
    const rawData = new Uint8Array(buffer, byteOffset, byteLength);
    return create(TensorProtoSchema, { name, dims, dataType: DataType.FLOAT, rawData });
  }
  const values = view.packing === 'raw' ? { rawData: view.bytes } : packed(view);
  return create(TensorProtoSchema, { name, dims, dataType: view.type, ...values });
}

function packed({ type, bytes }: OnnxTensor): { int64Data: Uint8Array } | { int32Data: Uint8Array } {
  return type === DataType.INT64 ? { int64Data: bytes } : { int32Data: bytes };
}

function evaluationNode(node: NodeProto, views: ReadonlyMap<TensorProto, TensorProto>): NodeProto {
  const { name, domain, opType } = node;
  const attribute = node.attribute.flatMap((each) => {
    if (each.t) return [{ ...each, t: views.get(each.t)! }];
    if (opType === 'BatchNormalization' && each.name === 'training_mode') return [];
    if (opType === 'Cast' && each.name === 'to' && isFloatType(Number(each.i)))
      return [{ ...each, type: AttributeType.INT, i: BigInt(DataType.FLOAT) }];
    return [each];
  });
  const output = opType === 'BatchNormalization' ? node.output.slice(0, 1) : node.output;
  // The third input of dropout says that it is trained.
  const input = opType === 'Dropout' ? node.input.slice(0, 2) : node.input;
  return create(NodeProtoSchema, { name, domain, opType, attribute, input, output });
}
