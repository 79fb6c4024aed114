import { describe, expect, it } from 'vitest';
import { trainedRows, trainedValues, withoutHeld } from '../../../src/engines/heldRows';
import { VariableLayout } from '../../../src/engines/variableLayout';

const specs = [
  { name: 'conv.weight', shape: [2, 1, 1, 3] },
  { name: 'bias', shape: [3] },
];

describe('trainedRows', () => {
  it('marks every row of every parameter, those that are not named as trained', () => {
    expect(trainedRows(specs, new Map([['conv.weight', Uint8Array.of(1, 0)]]))).toEqual(
      new Map([
        ['conv.weight', Float32Array.of(1, 0)],
        ['bias', Float32Array.of(1, 1, 1)],
      ]),
    );
  });

  it('is null where nothing is held', () => {
    expect(trainedRows(specs, new Map())).toBeNull();
    expect(trainedRows(specs, new Map([['bias', Uint8Array.of(1, 1, 1)]]))).toBeNull();
  });

  it.each([
    ['other', [1], /no parameter "other"/],
    ['bias', [1, 0], /"bias" has 3 rows, but 2 marks/],
    ['bias', [1, 0, 2], /rows of "bias" must be 1 \(trained\) or 0 \(held\)/],
  ])('refuses marks of %s that are %j', (name, marks, message) => {
    expect(() => trainedRows(specs, new Map([[name, Uint8Array.from(marks)]]))).toThrow(message);
  });
});

it('trainedValues gives the marks of the rows to all values, in the order of the layout', () => {
  const order = Uint32Array.of(3, 0, 4, 1, 5, 2);
  const [weights, bias] = specs;
  const layout = new VariableLayout([{ ...weights!, storage: { extents: weights!.shape, order } }, bias!]);
  const rows = trainedRows(specs, new Map([['conv.weight', Uint8Array.of(1, 0)]]))!;
  expect([...trainedValues(layout, rows)]).toEqual([0, 1, 0, 1, 0, 1, 1, 1, 1]);
});

it('withoutHeld leaves zero where a value is held, whatever it was', () => {
  const values = Float32Array.of(1, NaN, -2, 3);
  const kept = withoutHeld(values, Float32Array.of(1, 0, 0, 1));
  expect([...kept].map((value) => Object.is(value, -0))).not.toContain(true);
  expect([...kept]).toEqual([1, 0, 0, 3]);
  expect([...withoutHeld(values, null)]).toEqual([...values]);
});
