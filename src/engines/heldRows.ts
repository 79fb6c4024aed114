import { sizeOf } from '../network/parameters';
import type { Tensor } from '../network/state';
import type { VariableLayout, VariableSpec } from './variableLayout';

/**
 * For every parameter a vector over its rows (its first axis): 1 for those that are trained, 0 for those that are held.
 * Null where nothing is held. Throws an Error that names the parameter which is unknown, or whose marks do not fit its rows.
 */
export function trainedRows(
  specs: readonly VariableSpec[],
  rows: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Float32Array> | null {
  const known = new Map(specs.map(({ name, shape }) => [name, shape[0]!]));
  for (const [name, marks] of rows) requireFitting(name, marks, known.get(name));
  if ([...rows.values()].every((marks) => marks.every((mark) => mark === 1))) return null;
  return new Map(
    [...known].map(([name, count]) => [name, Float32Array.from(rows.get(name) ?? new Uint8Array(count).fill(1))]),
  );
}

/** The same for every value, in the order in which the layout keeps the parameters. */
export function trainedValues(layout: VariableLayout, rows: ReadonlyMap<string, Float32Array>): Float32Array {
  const tensors = layout.slots.map(({ name, shape }): [string, Tensor] => {
    const marks = rows.get(name)!;
    const data = new Float32Array(sizeOf(shape));
    const width = data.length / marks.length;
    for (const [row, mark] of marks.entries()) data.fill(mark, row * width, (row + 1) * width);
    return [name, { shape, data }];
  });
  return layout.pack(new Map(tensors), 'parameters');
}

/** The values with zero for those that are held; the values themselves where nothing is. */
export function withoutHeld(values: Float32Array, trained: Float32Array | null): Float32Array {
  if (!trained) return values;
  // Not a product, which would leave NaN and -0.
  return values.map((value, index) => (trained[index] === 0 ? 0 : value));
}

function requireFitting(name: string, marks: Uint8Array, rows: number | undefined): void {
  if (rows === undefined) throw new Error(`The network has no parameter "${name}" whose rows could be held.`);
  if (marks.length !== rows)
    throw new Error(`"${name}" has ${rows} rows, but ${marks.length} marks say which of them are trained.`);
  if (marks.some((mark) => mark > 1))
    throw new Error(`The marks of the rows of "${name}" must be 1 (trained) or 0 (held).`);
}
