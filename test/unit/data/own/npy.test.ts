import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readNpyHeader, textsIn } from '../../../../src/data/own/npy';
import { npyOf, textsArray } from '../../../fixtures/arrays';

const types = {
  '|u1': 'uint8',
  '<f2': 'float16',
  '<f4': 'float32',
  '<f8': 'float64',
  '<i8': 'int64',
  '<u2': 'uint16',
  '|b1': 'uint8',
} as const;

test('a header tells type, shape and where the values begin, whatever the shape', () => {
  const descr = fc.constantFrom(...(Object.keys(types) as (keyof typeof types)[]));
  fc.assert(
    fc.property(descr, fc.array(fc.nat({ max: 2 ** 40 }), { maxLength: 6 }), fc.uint8Array(), (name, shape, values) => {
      const file = npyOf({ descr: name, shape, values });
      const header = readNpyHeader(file);
      expect(header).toMatchObject({ shape, type: types[name] });
      expect(file.subarray(header.dataStart)).toEqual(Buffer.from(values));
    }),
  );
});

test('whatever the bytes are, they are a header or an error with a reason', () => {
  const sample = npyOf({ descr: '<f4', shape: [2, 3], values: new Uint8Array(24) });
  const changed = fc.tuple(fc.nat(sample.length - 1), fc.uint8Array({ maxLength: 20 })).map(([at, bytes]) => {
    const copy = Buffer.from(sample);
    copy.set(bytes.subarray(0, copy.length - at), at);
    return copy;
  });
  const cut = fc.nat(sample.length).map((length) => sample.subarray(0, length));
  fc.assert(
    fc.property(fc.oneof(changed, cut, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      try {
        const { shape, dataStart } = readNpyHeader(bytes);
        expect(shape.every(Number.isSafeInteger)).toBe(true);
        expect(dataStart).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(String(error)).toMatch(/^Error: (is no|ends in|has a)/);
      }
    }),
  );
});

test('a header of version 2 has a longer length', () => {
  const first = Buffer.from(npyOf({ descr: '|u1', shape: [7], values: new Uint8Array(7) }));
  const length = first.readUInt16LE(8);
  const second = Buffer.concat([first.subarray(0, 10), Buffer.alloc(2), first.subarray(10)]);
  second[6] = 2;
  second.writeUInt32LE(length, 8);
  expect(readNpyHeader(second)).toMatchObject({ shape: [7], type: 'uint8', dataStart: length + 12 });
});

test.each([
  ['|O', 'False', 'holds Python objects (pickle), which are not loaded'],
  ['<f4', 'True', 'is stored by columns'],
  ['>f4', 'False', 'has the bytes of its numbers in the order of other machines'],
  ['<c8', 'False', "has values of type '<c8': images are uint8 or floats"],
  ['<M8[ns]', 'False', 'has values of type'],
])('an array of %s, by columns: %s, says why it is not read', (descr, order, problem) => {
  const { type } = readNpyHeader(npyOf({ descr, shape: [2, 2], values: new Uint8Array(32) }, order));
  expect(type).toMatchObject({ problem: expect.stringContaining(problem) as string });
});

test('texts of any script come out as they went in', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((some) => !some.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 9 }), (texts) => {
      const file = npyOf(textsArray(texts));
      const { type, dataStart } = readNpyHeader(file);
      if (typeof type !== 'object' || 'problem' in type) throw new Error('no texts');
      expect(textsIn(file.subarray(dataStart), type)).toEqual(texts);
    }),
  );
});
