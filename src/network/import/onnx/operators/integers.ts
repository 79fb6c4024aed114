import { sizeOf } from '../../../../formats/tensor';
import { Unsupported } from '../../parts/importedNetwork';
import type { NodeReader } from '../nodes/nodeReader';
import type { IntegersValue } from '../nodes/values';
import type { Operator, Operators } from './operator';
import { shapeInFile } from './shapeInFile';

/**
 * What exporters compute of shapes: "as many rows as there are images, and the rest". Vectors and small matrices of integers, of
 * which the number of images is one that is not known.
 */
export const integers: Operators = {
  Shape: (node) => {
    const extents = shapeInFile(node, node.activations());
    const [start, end] = [node.int('start', 0), node.int('end', extents.length)];
    giveVector(node, extents.slice(start, end));
  },
  ConstantOfShape: (node) => {
    const shape = known(node.integersValue(0));
    const value = node.attribute('value');
    const fill = value === undefined ? 0 : value.kind === 'tensor' ? node.integersOf(value.value)[0] : undefined;
    if (sizeOf(shape) > most || fill === undefined) throw new Unsupported('It makes a constant that no shape is.');
    node.give({ kind: 'integers', shape, values: Array.from({ length: sizeOf(shape) }, () => fill) });
  },
  Gather: (node) => {
    const { values, shape } = node.integersValue(0);
    const places = node.integersValue(1);
    if (shape.length !== 1 || node.int('axis', 0) !== 0) throw new Unsupported('It takes rows of what is no vector.');
    const taken = known(places).map((place) => valueAt(values, place < 0 ? place + values.length : place));
    node.give({ kind: 'integers', values: taken, shape: places.shape });
  },
};

/** Of a vector, as padding and shapes are. */
const most = 64;

/** The operators that take integers as well as activations, where all that they read is integers. */
const onIntegers: Operators = {
  Cast: passOn,
  Identity: passOn,
  Unsqueeze: (node) => {
    giveVector(node, node.integers(0));
  },
  Squeeze: (node) => {
    const { values } = node.integersValue(0);
    node.give({ kind: 'integers', values, shape: values.length === 1 ? [] : [values.length] });
  },
  Concat: (node) => {
    giveVector(
      node,
      node.node.inputs.flatMap((_, index) => node.integers(index)),
    );
  },
  Reshape: (node) => {
    const { values } = node.integersValue(0);
    const wanted = known(node.integersValue(1));
    const rest = values.length / Math.abs(sizeOf(wanted));
    const shape = wanted.map((extent) => (extent === -1 ? rest : extent));
    if (sizeOf(shape) !== values.length) throw new Unsupported('It gives integers a shape that does not fit them.');
    node.give({ kind: 'integers', values, shape });
  },
  Transpose: (node) => {
    const { values, shape } = node.integersValue(0);
    const [rows, columns] = shape;
    if (shape.length !== 2) throw new Unsupported('It turns integers that are no matrix.');
    const turned = values.map((_, index) => values[(index % rows!) * columns! + Math.floor(index / rows!)]!);
    node.give({ kind: 'integers', values: turned, shape: [columns!, rows!] });
  },
  Slice: slice,
  Add: computed((a, b) => a + b),
  Sub: computed((a, b) => a - b),
  Mul: computed((a, b) => a * b),
  Div: computed((a, b) => Math.trunc(a / b)),
};

/** The operator for integers where a node reads nothing but such, else the other one. */
export function orIntegers(operator: string, otherwise: Operator): Operator {
  return (node) => {
    const ofIntegers = onIntegers[operator];
    const first = node.has(0) ? node.value(0) : null;
    const isShape = first?.kind === 'integers' || (first?.kind === 'constant' && !node.isFloat(first));
    if (ofIntegers && isShape) ofIntegers(node);
    else otherwise(node);
  };
}

/** Along the first axis of a vector or matrix. */
function slice(node: NodeReader): void {
  const { values, shape } = node.integersValue(0);
  const part = (index: number, fallback: number): number => {
    const [value, ...others] = node.has(index) ? known(node.integersValue(index)) : [fallback];
    if (value === undefined || others.length > 0) throw noVector();
    return value;
  };
  const [size, ...extents] = shape;
  const step = part(4, 1);
  if (size === undefined || part(3, 0) !== 0 || step === 0) throw noVector();
  const rows = rowsBetween(size, { start: part(1, 0), end: part(2, size), step });
  const row = values.length / Math.max(size, 1);
  const taken = rows.flatMap((at) => values.slice(at * row, (at + 1) * row));
  node.give({ kind: 'integers', values: taken, shape: [rows.length, ...extents] });
}

function rowsBetween(
  size: number,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
): number[] {
  const within = (place: number, least: number, most: number): number =>
    Math.min(Math.max(place < 0 ? place + size : place, least), most);
  const rows: number[] = [];
  if (step > 0) for (let at = within(start, 0, size); at < within(end, 0, size); at += step) rows.push(at);
  else for (let at = within(start, 0, size - 1); at > within(end, -1, size - 1); at += step) rows.push(at);
  return rows;
}

function noVector(): Unsupported {
  return new Unsupported('It takes a part of integers that are no vector.');
}

function passOn(node: NodeReader): void {
  node.give(node.integersValue(0));
}

function computed(result: (left: number, right: number) => number): Operator {
  return (node) => {
    compute(node, result);
  };
}

function compute(node: NodeReader, result: (left: number, right: number) => number): void {
  const [left, right] = [node.integersValue(0), node.integersValue(1)];
  const [longer, others] = left.values.length >= right.values.length ? [left, right] : [right, left];
  if (others.values.length !== 1 && others.values.length !== longer.values.length)
    throw new Unsupported('It computes with integers of different shapes.');
  const [of, by] = [known(left), known(right)];
  const values = longer.values.map((_, index) => result(of[index % of.length]!, by[index % by.length]!));
  node.give({ kind: 'integers', values, shape: longer.shape });
}

function known({ values }: IntegersValue): number[] {
  return values.map((value) => {
    if (value !== 'batch') return value;
    throw new Unsupported('What it computes depends on the number of images.');
  });
}

function valueAt(values: IntegersValue['values'], place: number): number | 'batch' {
  const value = values[place];
  if (value === undefined) throw new Unsupported(`It takes entry ${place} of ${values.length}.`);
  return value;
}

function giveVector(node: NodeReader, values: IntegersValue['values']): void {
  if (values.length > most) throw new Unsupported(`It makes ${values.length} integers, more than a shape can have.`);
  node.give({ kind: 'integers', values, shape: [values.length] });
}
