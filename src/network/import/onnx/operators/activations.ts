import { hardSigmoid, hardSwish, leakyRelu, prelu, relu, relu6, sigmoid, type PreluLayer } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { Operators } from './operator';

export const activations: Operators = {
  Relu: (node) => {
    const from = node.activations();
    node.layer(from, 'relu', (name) => relu(name, from.layer));
  },
  Clip: clip,
  LeakyRelu: (node) => {
    const from = node.activations();
    const slope = node.float('alpha', 0.01);
    node.layer(from, 'leakyRelu', (name) => leakyRelu(name, from.layer, slope));
  },
  PRelu: parametricRelu,
  Sigmoid: (node) => {
    const from = node.activations();
    if (node.state.isLast(node.node.outputs[0] ?? ''))
      throw new Unsupported(
        'The network ends with it, as one does that judges each class for itself; here networks choose one class of several.',
      );
    node.layer(from, 'sigmoid', (name) => sigmoid(name, from.layer));
  },
  HardSigmoid: hardSigmoidOf,
  HardSwish: (node) => {
    const from = node.activations();
    node.layer(from, 'hardSwish', (name) => hardSwish(name, from.layer));
  },
};

/** Bounds are attributes in old versions, inputs later; one that is left out bounds nothing. */
function clip(node: NodeReader): void {
  const from = node.activations();
  const low = node.has(1) ? node.scalar(1) : node.float('min', -Infinity);
  const high = node.has(2) ? node.scalar(2) : node.float('max', Infinity);
  const isUnbounded = high >= 3e38;
  if (low === 0 && high === 6) node.layer(from, 'relu6', (name) => relu6(name, from.layer));
  else if (low === 0 && isUnbounded) node.layer(from, 'relu', (name) => relu(name, from.layer));
  else throw new Unsupported(`It bounds values to ${low} and ${high}; only 0 and 6 (ReLU6), or 0 alone, can be had.`);
}

function hardSigmoidOf(node: NodeReader): void {
  const from = node.activations();
  const [slope, shift] = [node.float('alpha', 0.2), node.float('beta', 0.5)];
  if (Math.fround(slope) !== Math.fround(1 / 6) || shift !== 0.5)
    throw new Unsupported(`It is ${slope} x + ${shift} between its ends; only PyTorch’s x / 6 + 0.5 can be had.`);
  node.layer(from, 'hardSigmoid', (name) => hardSigmoid(name, from.layer));
}

/** A slope for all channels, or one for each of them, [channels, 1, 1]. */
function parametricRelu(node: NodeReader): void {
  const from = node.activations();
  const slopes = node.constant(1);
  const { channels } = node.shape(from);
  const { data } = node.tensor(slopes);
  const wanted = from.layout === 'flat' ? [channels] : [channels, 1, 1];
  const byChannel = data.length > 1;
  if (byChannel && (data.length !== channels || slopes.shape.slice(-wanted.length).join() !== wanted.join()))
    throw new Unsupported(`Its slopes are [${slopes.shape.join(', ')}]; they must be one, or one a channel.`);
  const layerOf = (name: string): PreluLayer => prelu(name, from.layer, byChannel);
  node.layerWithTensors(from, [slopes], layerOf, { weight: { shape: [data.length], data } });
}
