import { channelScatter, subsamplePad } from '../../../layers';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { ConstantValue, ImageValue } from '../nodes/values';
import type { Sliding } from '../../parts/sliding';

/**
 * Convolutions that put channels in places without computing anything: what SFP Lab itself writes for layers that the format
 * has no operator for. They are known by the name of their weights.
 */

const nameOfWeights = /^(.+)\.placement$/;

/** Where each input channel goes. */
export interface Placement {
  readonly layer: string;
  readonly channels: number;
  readonly positions: readonly number[];
  /** What the other channels hold; null where that is nothing. */
  readonly fill: ConstantValue | null;
}

/** What a convolution places; null for one that computes. */
export function placement(node: NodeReader, weights: ConstantValue, fill: ConstantValue | null): Placement | null {
  const layer = nameOfWeights.exec(weights.name)?.[1];
  const [channels, inputs, ...taps] = weights.shape as [number, number, ...number[]];
  if (layer === undefined || taps.some((extent) => extent !== 1)) return null;
  const { data } = node.tensor(weights);
  const positions: number[] = Array.from({ length: inputs }, () => -1);
  for (const [index, value] of data.entries()) {
    if (value === 0) continue;
    const [output, input] = [Math.floor(index / inputs), index % inputs];
    if (value !== 1 || positions[input] !== -1) return null;
    positions[input] = output;
  }
  return positions.includes(-1) ? null : { layer, channels, positions, fill };
}

/** Adds the layer that a placement stands for. */
export function putPlacement(node: NodeReader, image: ImageValue, placed: Placement, { stride }: Sliding): void {
  const { layer, channels, positions, fill } = placed;
  const { state } = node;
  const name = state.freeName(layer);
  if (fill) {
    if (stride !== 1) throw new Unsupported('It places channels and leaves out rows at once.');
    state.put(channelScatter(name, image.layer, channels, positions), { fill: filled(node, fill, positions) });
  } else if (positions.every((position, index) => position === index))
    state.put(subsamplePad(name, image.layer, stride, channels - positions.length));
  else throw new Unsupported('It places channels in another order.');
  node.give({ ...image, layer: name });
}

function filled(node: NodeReader, fill: ConstantValue, positions: readonly number[]) {
  const { shape, data } = node.tensor(fill);
  // Where a channel is placed, what would fill it up is never seen.
  const values = Float32Array.from(data);
  for (const position of positions) values[position] = 0;
  return { shape, data: values };
}
