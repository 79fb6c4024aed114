import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../../src/base/errors';
import type { PrunableLayer, PruningRecord } from '../../../../src/runs/model/format';
import {
  decodeLayersHeader,
  decodeLayersRecords,
  encodeLayersHeader,
  encodeLayersRecord,
  layersRecordSize,
} from '../../../../src/runs/folder/layersFile';

const layerLists = fc
  .uniqueArray(fc.record({ name: fc.string(), filters: fc.integer({ min: 1, max: 20 }) }), {
    selector: ({ name }) => name,
    maxLength: 4,
  })
  .map((layers): PrunableLayer[] => layers);

function recordOf(layers: readonly PrunableLayer[]): fc.Arbitrary<PruningRecord> {
  const layerRecords = layers.map(({ name, filters }) =>
    fc.record({
      name: fc.constant(name),
      scores: fc
        .array(fc.float(), { minLength: filters, maxLength: filters })
        .map((scores) => Float32Array.from(scores)),
      mask: fc
        .array(fc.constantFrom(0, 1), { minLength: filters, maxLength: filters })
        .map((mask) => Uint8Array.from(mask)),
    }),
  );
  return fc.record({ epoch: fc.integer({ min: -1, max: 1000 }), layers: fc.tuple(...layerRecords) });
}

const files = layerLists.chain((layers) =>
  fc.record({ layers: fc.constant(layers), records: fc.array(recordOf(layers), { maxLength: 5 }) }),
);

function fileOf({
  layers,
  records,
}: {
  layers: readonly PrunableLayer[];
  records: readonly PruningRecord[];
}): Uint8Array {
  return Buffer.concat([encodeLayersHeader(layers), ...records.map((record) => encodeLayersRecord(layers, record))]);
}

/** All records of a file, null for damaged ones; null when its header is not whole. */
function read(bytes: Uint8Array): (PruningRecord | null)[] | null {
  const header = decodeLayersHeader(bytes, 'layers.bin');
  return header && decodeLayersRecords(header.layers, bytes.subarray(header.byteLength)).records;
}

describe('layers.bin', () => {
  test('gives back what was recorded, bit by bit', () => {
    fc.assert(
      fc.property(files, (file) => {
        const header = decodeLayersHeader(fileOf(file), 'layers.bin');
        expect(header?.layers).toEqual(file.layers);
        expect(read(fileOf(file))).toEqual(file.records);
      }),
    );
  });

  test('is read where nothing of the network can be pruned', () => {
    const records = [0, 1].map((epoch) => ({ epoch, layers: [] }));
    expect(read(fileOf({ layers: [], records }))).toEqual(records);
  });

  test('cut at any byte gives the records before the cut', () => {
    fc.assert(
      fc.property(files, fc.nat(), (file, at) => {
        const bytes = fileOf(file);
        const cut = at % (bytes.length + 1);
        const whole = Math.floor((cut - encodeLayersHeader(file.layers).length) / layersRecordSize(file.layers));
        expect(read(bytes.subarray(0, cut))).toEqual(whole < 0 ? null : file.records.slice(0, whole));
      }),
      { numRuns: 500 },
    );
  });

  test('with a wrong byte loses the record that it is in, and no other', () => {
    const damages = files
      .filter(({ records }) => records.length > 0)
      .chain((file) => {
        const size = layersRecordSize(file.layers) * file.records.length;
        return fc.record({
          file: fc.constant(file),
          at: fc.nat({ max: size - 1 }),
          flip: fc.integer({ min: 1, max: 255 }),
        });
      });
    fc.assert(
      fc.property(damages, ({ file, at, flip }) => {
        const bytes = fileOf(file);
        bytes[encodeLayersHeader(file.layers).length + at]! ^= flip;
        const damaged = Math.floor(at / layersRecordSize(file.layers));
        const expected = file.records.map((record, index) => (index === damaged ? null : record));
        // At the end it may still be on its way.
        if (damaged === file.records.length - 1) expected.pop();
        expect(read(bytes)).toEqual(expected);
      }),
    );
  });

  test('with a wrong byte in its header is refused in a sentence, or is not whole', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.integer({ min: 1, max: 255 }), (file, at, flip) => {
        const bytes = fileOf(file);
        bytes[at % encodeLayersHeader(file.layers).length]! ^= flip;
        try {
          expect(decodeLayersHeader(bytes, 'layers.bin')).toBeNull();
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('with two layers of one name is refused: views would show the filters of another layer', () => {
    const layer = { name: 'stem.conv', filters: 16 };
    expect(() => decodeLayersHeader(encodeLayersHeader([layer, layer]), 'layers.bin')).toThrow(UserError);
  });

  test('never does harm whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });

  test('is laid out as docs/run-format.md says', () => {
    const layers = [{ name: 'a', filters: 9 }];
    const header = encodeLayersHeader(layers);
    expect(new TextDecoder().decode(header.subarray(0, 8))).toBe('SFPLAYRS');
    expect([...header.subarray(8, 16)]).toEqual([1, 0, 0, 0, 26, 0, 0, 0]);
    expect(new TextDecoder().decode(header.subarray(16, 42))).toBe('[{"name":"a","filters":9}]');
    expect(header).toHaveLength(46);

    const scores = new Float32Array(9);
    scores[0] = 1;
    const record = encodeLayersRecord(layers, {
      epoch: -1,
      layers: [{ name: 'a', scores, mask: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 1) }],
    });
    expect([...record.subarray(0, 8)]).toEqual([0xff, 0xff, 0xff, 0xff, 0, 0, 0x80, 0x3f]);
    expect([...record.subarray(40, 42)]).toEqual([0b1000_0001, 0b1]);
    expect(record).toHaveLength(46);
  });

  test('tells another version from damage', () => {
    const bytes = encodeLayersHeader([{ name: 'a', filters: 1 }]);
    bytes[8] = 2;
    expect(() => decodeLayersHeader(bytes, 'layers.bin')).toThrow('layers.bin has format version 2');
  });

  test('takes no record of other layers', () => {
    const record = { epoch: 0, layers: [{ name: 'b', scores: new Float32Array(2), mask: new Uint8Array(2) }] };
    expect(() => encodeLayersRecord([{ name: 'a', filters: 2 }], record)).toThrow('does not fit the first one at "a"');
    expect(() => encodeLayersRecord([{ name: 'b', filters: 3 }], record)).toThrow('with 3 filters');
  });
});
