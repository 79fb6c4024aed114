import { add, hardSwish, multiply, silu } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { ImageValue } from '../nodes/values';
import { takeInBias } from './convolutions';
import { moduleOf } from '../nodes/scopes';
import { orIntegers } from './integers';
import type { Operators } from './operator';

export const elementwise: Operators = {
  Add: orIntegers('Add', sum),
  Sum: sum,
  Mul: orIntegers('Mul', product),
  Sub: orIntegers('Sub', (node) => refuseArithmetic(node, 'subtracts')),
  Div: orIntegers('Div', (node) => refuseArithmetic(node, 'divides')),
};

function sum(node: NodeReader): void {
  const { inputs } = node.node;
  const values = inputs.map((_, index) => node.value(index));
  const constant = values.find((value) => value.kind === 'constant');
  const activations = values.filter((value) => value.kind === 'image');
  const [only, ...others] = activations;
  if (constant && only && others.length === 0 && inputs.length === 2) {
    if (only.layout === 'channelsFirst' && takeInBias(node, only, constant, inputs[values.indexOf(only)]!)) return;
    refuseArithmetic(node, 'adds');
  }
  if (activations.length !== inputs.length) throw new Unsupported('It adds what is no activations.');
  if (only && others.length === 0) {
    node.give(only);
    return;
  }
  node.layer(firstOfSameForm(activations), 'add', (name) => add(name, ...activations.map(({ layer }) => layer)));
}

function product(node: NodeReader): void {
  if ([0, 1].some((index) => node.value(index).kind !== 'image')) refuseArithmetic(node, 'multiplies');
  const [left, right] = [node.activations(0), node.activations(1)];
  firstOfSameForm([left, right]);
  if (gatedBy(node, left, right) || gatedBy(node, right, left)) return;
  const [image, factors] = isFactor(node, left, right) ? [right, left] : [left, right];
  node.layer(image, 'multiply', (name) => multiply(name, image.layer, factors.layer));
}

/** x times a gate of x itself is an activation with a name of its own. */
function gatedBy(node: NodeReader, image: ImageValue, gate: ImageValue): boolean {
  const layer = node.state.builder.layer(gate.layer);
  const gated = { sigmoid: silu, hardSigmoid: hardSwish };
  if (layer.inputs[0] !== image.layer || (layer.kind !== 'sigmoid' && layer.kind !== 'hardSigmoid')) return false;
  const activation = gated[layer.kind];
  const ofGate = node.node.inputs.find((input) => node.state.values.get(input) === gate) ?? '';
  // Where the file tells the module, the gate has its name.
  if (moduleOf(node.node.name) !== null && node.state.soleReader(ofGate) !== null) {
    node.state.put(activation(layer.name, image.layer));
    node.give({ ...image, layer: layer.name });
  } else node.layer(image, activation === silu ? 'silu' : 'hardSwish', (name) => activation(name, image.layer));
  return true;
}

/** Which one is the factor: one a channel, or of two images the one that is bounded. */
function isFactor(node: NodeReader, value: ImageValue, other: ImageValue): boolean {
  const places = (each: ImageValue): number => node.shape(each).height * node.shape(each).width;
  if (places(value) !== places(other)) return places(value) < places(other);
  const isGate = (each: ImageValue): boolean =>
    ['sigmoid', 'hardSigmoid'].includes(node.state.builder.layer(each.layer).kind);
  return isGate(value) && !isGate(other);
}

/**
 * The first of some activations. Throws an Unsupported where there are none, or the file has them in different forms: it would
 * take other ones together than we.
 */
export function firstOfSameForm(values: readonly ImageValue[]): ImageValue {
  const [first] = values;
  if (!first) throw new Unsupported('It has no inputs.');
  if (values.some(({ layout }) => layout !== first.layout))
    throw new Unsupported('It takes activations of different numbers or orders of axes together.');
  if (new Set(values.map(({ channelsWereLast }) => JSON.stringify(channelsWereLast))).size > 1)
    throw new Unsupported('It takes features of different orders together.');
  return first;
}

function refuseArithmetic(node: NodeReader, what: string): never {
  const computed = [0, 1].every((index) => node.has(index) && node.value(index).kind === 'image');
  throw new Unsupported(
    computed
      ? `It ${what} activations, which no layer here does.`
      : `It ${what} by a constant, which no layer here does; where that normalises the images, leave it to the data set and export the network without.`,
  );
}
