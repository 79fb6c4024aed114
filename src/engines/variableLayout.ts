import { sizeOf } from '../network/parameters';
import type { Tensor, TensorMap } from '../network/state';

export interface VariableSpec {
  readonly name: string;
  /** As PyTorch has it. */
  readonly shape: readonly number[];
}

/** How an engine keeps a variable. */
export interface VariableStorage {
  /** In PyTorch's order of axes; larger than the variable's where zeros fill it up, which must stay zero. */
  readonly extents: readonly number[];
  /** For each stored value its place in PyTorch's order, or `filling`. */
  readonly order: Uint32Array;
  /** For each row of the variable (an entry of its first axis) its place among the stored ones; all of them if left out. */
  readonly rowPlaces?: readonly number[] | null;
}

/** In the place of a zero that fills a variable up. */
export const filling = 2 ** 32 - 1;

export interface StoredVariable extends VariableSpec {
  /** Null, or left out, where the engine keeps it as it is. */
  readonly storage?: VariableStorage | null;
}

export interface Slot extends VariableSpec {
  readonly extents: readonly number[];
  readonly offset: number;
  /** Stored values. */
  readonly size: number;
  /** Null where variable and storage are the same. */
  readonly order: Uint32Array | null;
  /** For each row its place among the stored ones; null where these are all the rows, in order. */
  readonly rowPlaces: readonly number[] | null;
}

/**
 * Where each variable lies in one flat vector. Parameters, momenta and statistics travel in and out of a training step as
 * one tensor each, because a hundred small ones would cost more than the update itself.
 */
export class VariableLayout {
  readonly slots: readonly Slot[];
  readonly size: number;

  constructor(variables: readonly StoredVariable[]) {
    let offset = 0;
    this.slots = variables.map(({ name, shape, storage }) => {
      const { extents, order, rowPlaces = null } = storage ?? { extents: shape, order: null };
      const slot = { name, shape, extents, offset, size: sizeOf(extents), order, rowPlaces };
      offset += slot.size;
      return slot;
    });
    this.size = offset;
  }

  /** Throws an Error that names the first variable that is missing, unknown or of another shape; `what` they are, for people. */
  pack(tensors: TensorMap, what: string): Float32Array {
    const known = new Set(this.slots.map(({ name }) => name));
    const unknown = [...tensors.keys()].find((name) => !known.has(name));
    if (unknown !== undefined) throw new Error(`The network has no "${unknown}", but the ${what} of the state do.`);
    const flat = new Float32Array(this.size);
    for (const slot of this.slots) store(slot, fittingTensor(slot, tensors, what), flat);
    return flat;
  }

  unpack(flat: Float32Array): TensorMap {
    return new Map(
      this.slots.map((slot): [string, Tensor] => {
        const stored = flat.subarray(slot.offset, slot.offset + slot.size);
        return [slot.name, { shape: slot.shape, data: originalValues(slot, stored) }];
      }),
    );
  }
}

/** Momenta lie as their parameters do. */
export interface Layouts {
  readonly parameters: VariableLayout;
  readonly statistics: VariableLayout;
  /** One vector a set of `CompileOptions.importanceOf`. */
  readonly importance: VariableLayout;
}

function fittingTensor({ name, shape }: Slot, tensors: TensorMap, what: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`"${name}" is missing from the ${what} of the state.`);
  if (tensor.shape.join() !== shape.join() || tensor.data.length !== sizeOf(shape))
    throw new Error(
      `"${name}" among the ${what} of the state has the shape [${tensor.shape.join()}], but the network's has [${shape.join()}].`,
    );
  return tensor.data;
}

// Indexed loops: iterators of typed arrays take ten times as long, and a pruning waits for this.

function store({ order, offset, size }: Slot, data: Float32Array, flat: Float32Array): void {
  if (!order) {
    flat.set(data, offset);
    return;
  }
  for (let index = 0; index < size; index++) {
    const place = order[index]!;
    flat[offset + index] = place === filling ? 0 : data[place]!;
  }
}

function originalValues({ order, shape, size }: Slot, stored: Float32Array): Float32Array {
  if (!order) return stored.slice();
  const data = new Float32Array(sizeOf(shape));
  // Writing beyond the end of a typed array does nothing, so that what fills up is left out.
  for (let index = 0; index < size; index++) data[order[index]!] = stored[index]!;
  return data;
}
