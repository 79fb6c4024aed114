import type { Importance, ParameterSets } from './engine';
import type { VariableLayout, VariableSpec } from './variableLayout';

/**
 * A vector for each set, with a value for each row. Throws an Error that names the set with a parameter that the network does not
 * have, or with parameters of different numbers of rows.
 */
export function importanceSpecs(parameters: readonly VariableSpec[], sets: ParameterSets): VariableSpec[] {
  const rowsOf = new Map(parameters.map(({ name, shape }) => [name, shape[0]!]));
  return [...sets].map(([set, names]) => {
    const unknown = names.find((name) => !rowsOf.has(name));
    if (unknown !== undefined)
      throw new Error(`The importance of "${set}" needs the parameter "${unknown}", which the network does not have.`);
    const [rows, ...others] = new Set(names.map((name) => rowsOf.get(name)!));
    if (rows === undefined || others.length > 0)
      throw new Error(`The importance of "${set}" needs parameters with the same number of rows: ${names.join(', ')}.`);
    return { name: set, shape: [rows] };
  });
}

/** Throws an Error that names the set which is missing, unknown or of another length. */
export function packImportance(layout: VariableLayout, { rows }: Importance): Float32Array {
  const tensors = [...rows].map(([name, data]) => [name, { shape: [data.length], data }] as const);
  return layout.pack(new Map(tensors), 'importance');
}

export function unpackImportance(layout: VariableLayout, flat: Float32Array, steps: number): Importance {
  return { steps, rows: new Map([...layout.unpack(flat)].map(([name, { data }]) => [name, data])) };
}
