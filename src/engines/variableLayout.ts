import { sizeOf } from '../network/parameters';
import type { Tensor, TensorMap } from '../network/state';

export interface VariableSpec {
  readonly name: string;
  /** As PyTorch has it. */
  readonly shape: readonly number[];
}

interface Slot extends VariableSpec {
  readonly offset: number;
  readonly size: number;
  /** For each stored value its place in PyTorch's order; null where the orders are the same. */
  readonly order: Uint32Array | null;
}

/**
 * Where each variable lies in one flat vector. Parameters, momenta and statistics travel in and out of a training step as
 * one tensor each, because a hundred small ones would cost more than the update itself.
 */
export class VariableLayout {
  readonly slots: readonly Slot[];
  readonly size: number;

  /** `orderOf` gives the order in which the engine keeps a variable's values. */
  constructor(specs: readonly VariableSpec[], orderOf: (spec: VariableSpec) => Uint32Array | null) {
    let offset = 0;
    this.slots = specs.map((spec) => {
      const slot = { ...spec, offset, size: sizeOf(spec.shape), order: orderOf(spec) };
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

function fittingTensor({ name, shape, size }: Slot, tensors: TensorMap, what: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`"${name}" is missing from the ${what} of the state.`);
  if (tensor.shape.join() !== shape.join() || tensor.data.length !== size)
    throw new Error(
      `"${name}" among the ${what} of the state has the shape [${tensor.shape.join()}], but the network's has [${shape.join()}].`,
    );
  return tensor.data;
}

// Indexed loops: iterators of typed arrays take ten times as long, and a pruning waits for this.

function store({ order, offset, size }: Slot, data: Float32Array, flat: Float32Array): void {
  if (!order) flat.set(data, offset);
  else for (let index = 0; index < size; index++) flat[offset + index] = data[order[index]!]!;
}

function originalValues({ order, size }: Slot, stored: Float32Array): Float32Array {
  if (!order) return stored.slice();
  const data = new Float32Array(size);
  for (let index = 0; index < size; index++) data[order[index]!] = stored[index]!;
  return data;
}
