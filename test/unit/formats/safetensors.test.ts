import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors';
import type { Tensor } from '../../../src/network/state';
import { decodeSafetensors, encodeSafetensors } from '../../../src/formats/safetensors';

const tensor = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return fc.array(fc.float(), { minLength: size, maxLength: size }).map((values): Tensor => {
    return { shape, data: Float32Array.from(values) };
  });
});
const names = fc.string().filter((name) => name !== '__metadata__');
const tensorMaps = fc.array(fc.tuple(names, tensor), { maxLength: 6 }).map((entries) => new Map(entries));

/** A file with the given header and data, as any program could have written it. */
function file(header: unknown, data: readonly number[] = []): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

/** Whatever the bytes are, reading them gives tensors or a UserError. */
function decodeOrRefuse(bytes: Uint8Array): ReadonlyMap<string, Tensor> | null {
  try {
    return decodeSafetensors(bytes, 'w.safetensors');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return null;
  }
}

describe('a safetensors file', () => {
  test('gives back what was put in, bit by bit', () => {
    fc.assert(
      fc.property(tensorMaps, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
        expect(decodeSafetensors(encodeSafetensors(tensors, metadata), 'w')).toEqual(tensors);
      }),
    );
  });

  test('is laid out as the format says', () => {
    const bytes = encodeSafetensors(new Map([['a', { shape: [2], data: Float32Array.of(1, -2) }]]), { by: 'sfp' });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))).toEqual({
      __metadata__: { by: 'sfp' },
      a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    });
    expect([...bytes.subarray(8 + headerLength)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test('is read from the middle of a larger buffer too', () => {
    const bytes = encodeSafetensors(new Map([['a', { shape: [1], data: Float32Array.of(5) }]]));
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeSafetensors(larger.subarray(3), 'w').get('a')?.data).toEqual(Float32Array.of(5));
  });

  test('is refused when it ends too early, wherever that is', () => {
    fc.assert(
      fc.property(tensorMaps, fc.nat(), (tensors, cut) => {
        const bytes = encodeSafetensors(tensors);
        const read = decodeOrRefuse(bytes.subarray(0, cut % bytes.length));
        // Only a file whose tensors are all empty can lose its last bytes and be whole.
        if (read) expect([...read.values()].every(({ data }) => data.length === 0)).toBe(true);
      }),
    );
  });

  test('never does harm when a byte is wrong', () => {
    fc.assert(
      fc.property(tensorMaps, fc.nat(), fc.integer({ min: 1, max: 255 }), (tensors, at, flip) => {
        const bytes = encodeSafetensors(tensors);
        bytes[at % bytes.length]! ^= flip;
        decodeOrRefuse(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('never does harm whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        decodeOrRefuse(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (json) => {
        decodeOrRefuse(file(JSON.parse(json)));
      }),
    );
  });

  const described = (dtype: string, shape: number[], end: number, begin = 0) => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });

  test.each<[string, Uint8Array, string]>([
    ['less than a header', new Uint8Array(7), 'it ends before its header'],
    ['a header of any length', new Uint8Array(8).fill(255), 'its header would be larger than the format allows'],
    ['a header that is cut', file({}).subarray(0, 9), 'it ends before the end of its header'],
    ['no header', file(null), 'its header is not JSON'],
    ['a tensor without a shape', file({ a: { dtype: 'F32' } }), '"a" is not described as a tensor'],
    ['a tensor beyond the end', file({ a: described('F32', [2], 8) }, [0, 0, 0, 0]), '"a" lies outside the file'],
    ['a tensor that ends before it begins', file({ a: described('F32', [0], 0, 4) }, [0, 0, 0, 0]), 'lies outside'],
    ['a shape of another size', file({ a: described('F32', [2], 4) }, [0, 0, 0, 0]), 'another size than its shape'],
    [
      'a shape beyond all numbers',
      file({ a: described('F32', [2 ** 52, 2 ** 52], 4) }, [0, 0, 0, 0]),
      'another size than its shape',
    ],
    [
      'filters that have no values, and are as many as it likes',
      file({ a: described('F32', [2e8, 0, 1, 1], 0) }),
      '"a" claims to be larger than the file',
    ],
    [
      'tensors over each other',
      file({ a: described('F32', [1], 4), b: described('F32', [1], 4) }, [0, 0, 0, 0]),
      'its tensors overlap',
    ],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(UserError);
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(`w.safetensors is not a whole safetensors file: `);
    expect(() => decodeSafetensors(bytes, 'w.safetensors')).toThrow(reason);
  });
});

describe('tensors of other types', () => {
  const read = (dtype: string, data: number[], count = 1) =>
    decodeSafetensors(file({ a: { dtype, shape: [count], data_offsets: [0, data.length] } }, data), 'w').get('a')?.data;

  test('are converted when they are floating point', () => {
    expect(read('F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f])).toEqual(Float32Array.of(1.5));
    expect(read('BF16', [0xc0, 0x3f])).toEqual(Float32Array.of(1.5));
    expect(read('F16', [0x00, 0x3e, 0x00, 0xbc], 2)).toEqual(Float32Array.of(1.5, -1));
    expect(read('F16', [0x01, 0x00, 0x00, 0x7c, 0x01, 0x7c], 3)).toEqual(Float32Array.of(2 ** -24, Infinity, NaN));
  });

  test('are left out when they are not, as PyTorch’s num_batches_tracked', () => {
    const header = {
      steps: { dtype: 'I64', shape: [], data_offsets: [0, 8] },
      w: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
    };
    const tensors = decodeSafetensors(file(header, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]), 'w');
    expect([...tensors.keys()]).toEqual(['w']);
  });
});
