import { conv, pad, type ConvLayer } from '../../../layers';
import type { Shape } from '../../../graph';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { ConstantValue, ImageValue } from '../nodes/values';
import type { Operators } from './operator';
import { placement, putPlacement } from './placements';
import { samePadding, type Sliding } from '../../parts/sliding';
import { slidingOf } from './windows';

export const convolutions: Operators = { Conv: convolution };

function convolution(node: NodeReader): void {
  const image = node.image();
  const [weights, biases] = [node.constant(1), node.constantIfThere(2)];
  if (weights.shape.length !== 4)
    throw new Unsupported(
      `Its weights have ${weights.shape.length} axes; only convolutions of images, with 4, can be had.`,
    );
  const kernel = node.ints('kernel_shape') ?? weights.shape.slice(2);
  if (kernel.join() !== weights.shape.slice(2).join())
    throw new Unsupported(
      `Its kernel is [${kernel.slice(0, 5).join(', ')}], but its weights are [${weights.shape.join(', ')}].`,
    );
  const sliding = slidingOf(node, kernel, node.shape(image));
  const groups = node.int('group', 1);
  const placed = placement(node, weights, biases);
  if (placed) putPlacement(node, image, placed, sliding);
  else putConvolution(node, image, { weights, biases, sliding, groups });
}

interface Convolution {
  readonly weights: ConstantValue;
  readonly biases: ConstantValue | null;
  readonly sliding: Sliding;
  readonly groups: number;
}

function putConvolution(node: NodeReader, image: ImageValue, { weights, biases, sliding, groups }: Convolution): void {
  const [filters] = weights.shape as [number];
  if (!(groups >= 1)) throw new Unsupported(`It has ${groups} groups.`);
  const { from, padding } = padded(node, image, sliding);
  const options = { padding, stride: sliding.stride, dilation: sliding.dilation, groups, bias: biases !== null };
  const layerOf = (name: string): ConvLayer => ({ ...conv(name, from, filters, options), kernel: sliding.kernel });
  node.layerWithTensors(image, [weights, biases], layerOf, {
    weight: node.tensor(weights),
    ...(biases && { bias: node.tensor(biases) }),
  });
}

/** Padding that differs by side is a layer before; a layer before that pads all sides alike is taken in. */
function padded(node: NodeReader, image: ImageValue, { margins }: Sliding): { from: string; padding: number } {
  const { state } = node;
  const padding = samePadding(margins);
  if (padding === null) {
    const name = state.nameOf(node.node, 'pad');
    state.put(pad(name, image.layer, margins));
    return { from: name, padding: 0 };
  }
  const before = state.builder.layer(image.layer);
  const around = before.kind === 'pad' ? samePadding(before.margins) : null;
  const isOnlyReader = state.soleReader(node.node.inputs[0]!) !== null;
  if (padding === 0 && around !== null && isOnlyReader) return { from: before.inputs[0]!, padding: around };
  return { from: image.layer, padding };
}

/** A bias that is added to a convolution in a node of its own; false where it cannot be taken in. */
export function takeInBias(node: NodeReader, image: ImageValue, constant: ConstantValue, input: string): boolean {
  const { state } = node;
  const before = state.builder.layer(image.layer);
  const { channels }: Shape = node.shape(image);
  const places = constant.shape.length === 0 ? [] : constant.shape.slice(-3);
  const isByChannel = places.length === 3 && places.join() === `${channels},1,1` && constant.shape.length <= 4;
  if (before.kind !== 'conv' || before.bias || !isByChannel || state.soleReader(input) === null) return false;
  const { data } = node.tensor(constant);
  state.put({ ...before, bias: true }, { bias: { shape: [channels], data } });
  node.give(image);
  return true;
}
