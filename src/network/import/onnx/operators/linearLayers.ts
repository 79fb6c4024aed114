import type { Tensor } from '../../../../formats/tensor';
import { linear } from '../../../layers';
import type { Shape } from '../../../graph';
import { Unsupported } from '../../parts/importedNetwork';
import { NodeReader } from '../nodes/nodeReader';
import type { ConstantValue, ImageValue } from '../nodes/values';
import type { Operators } from './operator';

export const linearLayers: Operators = { Gemm: generalProduct, MatMul: matrixProduct };

/** alpha A B + beta C. */
function generalProduct(node: NodeReader): void {
  const features = flatInput(node);
  if (node.int('transA', 0) !== 0) throw new Unsupported('It turns the activations, which no layer here does.');
  const isTurned = node.int('transB', 0) !== 0;
  const [alpha, beta] = [node.float('alpha', 1), node.float('beta', 1)];
  const [weights, biases] = [matrix(node), node.constantIfThere(2)];
  const weight = scaled(inOurLayout(node.tensor(weights), isTurned), alpha);
  const bias = biases && scaled(node.tensor(biases), beta);
  putLinear(node, features, { weights, biases, weight, bias });
}

/** With the bias, where a node of its own adds it. */
function matrixProduct(node: NodeReader): void {
  const features = flatInput(node);
  const weights = matrix(node);
  const weight = inOurLayout(node.tensor(weights), false);
  const addition = biasAfter(node, weight.shape[0]!);
  const biases = addition?.biases ?? null;
  putLinear(node, features, { weights, biases, weight, bias: biases && node.tensor(biases) });
  if (!addition) return;
  node.state.done.add(addition.sum.node);
  addition.sum.give(node.state.values.get(node.node.outputs[0]!)!);
}

function biasAfter(node: NodeReader, units: number): { sum: NodeReader; biases: ConstantValue } | null {
  const output = node.node.outputs[0] ?? '';
  const reader = node.state.soleReader(output);
  if (reader?.operator !== 'Add' || reader.domain !== '' || reader.inputs.length !== 2) return null;
  const value = node.state.values.get(reader.inputs.find((input) => input !== output) ?? '');
  if (
    value?.kind !== 'constant' ||
    value.shape.at(-1) !== units ||
    value.shape.slice(0, -1).some((extent) => extent !== 1)
  )
    return null;
  return { sum: new NodeReader(reader, node.state), biases: value };
}

interface LinearTensors {
  readonly weights: ConstantValue;
  readonly biases: ConstantValue | null;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

function putLinear(node: NodeReader, features: ImageValue, { weights, biases, weight, bias }: LinearTensors): void {
  const [units] = weight.shape as [number];
  if (bias && bias.data.length !== units && bias.data.length !== 1)
    throw new Unsupported(`Its bias is [${bias.shape.join(', ')}], for ${units} units.`);
  const data = !bias
    ? new Float32Array(units)
    : bias.data.length === units
      ? bias.data
      : new Float32Array(units).fill(bias.data[0]!);
  const { channelsWereLast } = features;
  const ordered = channelsWereLast ? channelsFirst(weight, channelsWereLast) : weight;
  const given = { kind: 'image', layer: features.layer, layout: 'flat' } as const;
  const name = node.layerWithTensors(given, [weights, biases], (own) => linear(own, features.layer, units), {
    weight: ordered,
    bias: { shape: [units], data },
  });
  if (!bias)
    node.state.notes.add(
      `"${name}" has no bias in the file; here it has one, which begins as zero: load_state_dict takes its weights with strict=False.`,
    );
}

function flatInput(node: NodeReader): ImageValue {
  const value = node.activations();
  if (value.layout === 'flat') return value;
  throw new Unsupported(
    'It multiplies images by a matrix; a linear layer reads one row an image, so flatten before it.',
  );
}

function matrix(node: NodeReader): ConstantValue {
  const value = node.value(1);
  if (value.kind === 'image')
    throw new Unsupported('It multiplies activations by activations, as attention does; no layer here does.');
  const constant = node.constant(1);
  if (constant.shape.length === 2) return constant;
  throw new Unsupported(`Its matrix has ${constant.shape.length} axes; a linear layer’s has 2.`);
}

/** Ours is [units, features]. */
function inOurLayout({ shape, data }: Tensor, isOurs: boolean): Tensor {
  return isOurs ? { shape, data } : turned({ shape, data });
}

/** A matrix with its axes exchanged. */
export function turned({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as [number, number];
  const values = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) values[column * rows + row] = data[row * columns + column]!;
  return { shape: [columns, rows], data: values };
}

/** Weights [units, height * width * channels] as [units, channels * height * width]. */
export function channelsFirst({ shape, data }: Tensor, { channels, height, width }: Shape): Tensor {
  const [units] = shape as [number];
  const places = height * width;
  const values = new Float32Array(data.length);
  for (let unit = 0; unit < units; unit++)
    for (let channel = 0; channel < channels; channel++)
      for (let place = 0; place < places; place++)
        values[(unit * channels + channel) * places + place] = data[(unit * places + place) * channels + channel]!;
  return { shape, data: values };
}

function scaled(tensor: Tensor, factor: number): Tensor {
  return factor === 1 ? tensor : { shape: tensor.shape, data: tensor.data.map((value) => value * factor) };
}
