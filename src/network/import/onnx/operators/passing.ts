import { TensorProto_DataType as DataType } from '../../../../formats/onnx/onnx_pb';
import { isFloatType, type OnnxTensor } from '../../../../formats/onnx/readModel';
import { dropout } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import { stemOf } from '../nodes/scopes';
import { orIntegers } from './integers';
import type { Operators } from './operator';

/** What leaves values as they are, at least in evaluation, and constants. */
export const passing: Operators = {
  Identity: orIntegers('Identity', (node) => {
    const value = node.value(0);
    const output = node.node.outputs[0] ?? '';
    // Some exporters store equal constants once, and name the others by such nodes.
    const name = value.kind === 'constant' && stemOf(output) !== null ? output : null;
    node.give(value.kind === 'constant' && name !== null ? { ...value, name } : value);
  }),
  Cast: orIntegers('Cast', (node) => {
    const to: number = node.int('to', DataType.FLOAT);
    if (!isFloatType(to)) throw new Unsupported('It makes other numbers of activations than floating-point ones.');
    node.give(node.value(0));
  }),
  Dropout: (node) => {
    const from = node.activations();
    node.requireOneOutput('which values are left');
    const rate = node.has(1) ? node.scalar(1) : node.float('ratio', 0.5);
    if (!(rate >= 0 && rate < 1)) throw new Unsupported(`Its rate is ${rate}; it must be at least 0 and below 1.`);
    if (rate === 0) node.give(from);
    else node.layer(from, 'dropout', (name) => dropout(name, from.layer, rate));
  },
  Softmax: ending,
  LogSoftmax: ending,
  Constant: (node) => {
    const tensor = constantOf(node);
    node.give({ kind: 'constant', name: node.node.outputs[0] ?? '', tensor, shape: tensor.shape });
  },
};

/** Training computes it with the loss. */
function ending(node: NodeReader): void {
  const value = node.activations();
  const { operator, outputs } = node.node;
  if (!node.state.isLast(outputs[0] ?? ''))
    throw new Unsupported('It stands within the network, as in attention; only at its end can it be left out.');
  const axis = node.int('axis', -1);
  if (axis !== 1 && axis !== (value.layout === 'flat' ? -1 : -3))
    throw new Unsupported(`It goes along axis ${axis}, not over the classes.`);
  node.state.notes.add(`The ${operator} at the end is left out: training computes it with the loss, from the logits.`);
  node.state.logits = node.node.inputs[0]!;
  node.give(value);
}

function constantOf(node: NodeReader): OnnxTensor {
  const value = node.attribute('value');
  if (value?.kind === 'tensor') return value.value;
  const [floats, float] = [node.floats('value_floats'), node.attribute('value_float')];
  const [ints, int] = [node.ints('value_ints'), node.attribute('value_int')];
  if (floats) return tensorOf(Float32Array.from(floats), [floats.length]);
  if (float?.kind === 'float') return tensorOf(Float32Array.of(float.value), []);
  if (ints) return tensorOf(BigInt64Array.from(ints, BigInt), [ints.length]);
  if (int?.kind === 'int') return tensorOf(BigInt64Array.of(BigInt(int.value)), []);
  throw new Unsupported('It holds a constant of a kind that no layer has.');
}

function tensorOf(values: Float32Array | BigInt64Array, shape: readonly number[]): OnnxTensor {
  const type = values instanceof Float32Array ? DataType.FLOAT : DataType.INT64;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name: '', type, shape, bytes, packing: 'raw' };
}
