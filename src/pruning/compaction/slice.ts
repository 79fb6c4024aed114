import type { Axis } from '../../network/layers/layerKind';
import { sizeOf } from '../../network/parameters';
import type { Tensor } from '../../network/state';

/** A tensor's shape and what its axes stand for, as its spec tells. */
export interface TensorAxes {
  readonly shape: readonly number[];
  readonly axes: readonly Axis[];
}

/** Which channels stay of what a layer gives and of what it reads, and how many it reads in the dense network. */
export interface LayerKept {
  readonly output: readonly number[];
  readonly input: readonly number[];
  readonly inputChannels: number;
}

/** For each axis of a dense tensor the indices that the compact one has. */
function keptIndices({ shape, axes }: TensorAxes, { output, input, inputChannels }: LayerKept): (readonly number[])[] {
  return axes.map((axis, index) => {
    const extent = shape[index]!;
    switch (axis) {
      case 'output':
        return output;
      case 'input':
        return input;
      case 'features': {
        const places = extent / inputChannels;
        return input.flatMap((channel) => Array.from({ length: places }, (_, place) => channel * places + place));
      }
      case 'other':
        return Array.from({ length: extent }, (_, position) => position);
    }
  });
}

/** For each value of the compact tensor, in order, its place in the dense one. */
function densePlaces(tensor: TensorAxes, kept: LayerKept): { shape: number[]; places: Uint32Array } {
  const indices = keptIndices(tensor, kept);
  const shape = indices.map(({ length }) => length);
  let places = Uint32Array.of(0);
  for (const [axis, ofAxis] of indices.entries()) {
    const next = new Uint32Array(places.length * ofAxis.length);
    let position = 0;
    for (const place of places) for (const index of ofAxis) next[position++] = place * tensor.shape[axis]! + index;
    places = next;
  }
  return { shape, places };
}

/** The values of a dense tensor, of the spec's shape, that stay. */
export function sliced(dense: Tensor, spec: TensorAxes, kept: LayerKept): Tensor {
  const { shape, places } = densePlaces(spec, kept);
  return { shape, data: Float32Array.from(places, (place) => dense.data[place]!) };
}

/**
 * A copy of a dense tensor in which the values of the compact one are where they were cut out.
 * Throws an Error when the compact tensor has another size than what stays.
 */
export function withSlice(dense: Tensor, spec: TensorAxes, kept: LayerKept, compact: Tensor): Tensor {
  const { shape, places } = densePlaces(spec, kept);
  if (compact.data.length !== sizeOf(shape))
    throw new Error(`A compact tensor has ${compact.data.length} values where ${sizeOf(shape)} stay.`);
  const data = dense.data.slice();
  for (const [index, place] of places.entries()) data[place] = compact.data[index]!;
  return { shape: dense.shape, data };
}
