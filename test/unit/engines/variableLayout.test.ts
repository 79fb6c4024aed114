import { expect, it } from 'vitest';
import { filling, VariableLayout } from '../../../src/engines/variableLayout';

const storage = { extents: [4], order: Uint32Array.of(2, filling, 0, 1) };
const layout = new VariableLayout([
  { name: 'a', shape: [2] },
  { name: 'b', shape: [3], storage },
]);
const tensors = new Map([
  ['a', { shape: [2], data: Float32Array.of(1, 2) }],
  ['b', { shape: [3], data: Float32Array.of(3, 4, 5) }],
]);

it('variables lie one after another in the order of their storage, filled up with zeros', () => {
  expect([...layout.pack(tensors, 'parameters')]).toEqual([1, 2, 5, 0, 3, 4]);
  expect(layout.size).toBe(6);
});

it('and come back in their own shape, without what fills them up', () => {
  expect(layout.unpack(Float32Array.of(1, 2, 5, 7, 3, 4))).toEqual(tensors);
});

it.each([
  ['a missing one', [['a', 2]], /"b" is missing from the momenta/],
  [
    'an unknown one',
    [
      ['a', 2],
      ['b', 3],
      ['c', 1],
    ],
    /no "c", but the momenta/,
  ],
  [
    'one as it is stored',
    [
      ['a', 2],
      ['b', 4],
    ],
    /"b" among the momenta of the state has the shape \[4\], but the network's has \[3\]/,
  ],
] as const)('refuses %s', (_what, sizes, message) => {
  const given = new Map(sizes.map(([name, size]) => [name, { shape: [size], data: new Float32Array(size) }]));
  expect(() => layout.pack(given, 'momenta')).toThrow(message);
});
