import { describe, expect, it } from 'vitest';
import { importanceSpecs, packImportance, unpackImportance } from '../../../src/engines/importance';
import { VariableLayout } from '../../../src/engines/variableLayout';

const parameters = [
  { name: 'conv.weight', shape: [4, 2, 3, 3] },
  { name: 'bn.weight', shape: [4] },
  { name: 'bn.bias', shape: [4] },
  { name: 'classifier.bias', shape: [10] },
];

describe('importanceSpecs', () => {
  it('has a value for each row that the parameters of a set share', () => {
    const sets = new Map([
      ['filters', ['conv.weight', 'bn.weight', 'bn.bias']],
      ['units', ['classifier.bias']],
    ]);
    expect(importanceSpecs(parameters, sets)).toEqual([
      { name: 'filters', shape: [4] },
      { name: 'units', shape: [10] },
    ]);
  });

  it.each([
    [['conv.weight', 'conv.bias'], /"set" needs the parameter "conv.bias"/],
    [['bn.weight', 'classifier.bias'], /the same number of rows: bn.weight, classifier.bias/],
    [[], /"set" needs parameters/],
  ])('refuses a set of %j', (names, message) => {
    expect(() => importanceSpecs(parameters, new Map([['set', names]]))).toThrow(message);
  });
});

it('importance is packed as the layout has it, and unpacked again', () => {
  const specs = [
    { name: 'a', shape: [2] },
    { name: 'b', shape: [3] },
  ];
  const layout = new VariableLayout(specs);
  const rows = new Map([
    ['b', Float32Array.of(3, 4, 5)],
    ['a', Float32Array.of(1, 2)],
  ]);
  const flat = packImportance(layout, { steps: 7, rows });
  expect([...flat]).toEqual([1, 2, 3, 4, 5]);
  expect(unpackImportance(layout, flat, 7)).toEqual({ steps: 7, rows });
});
