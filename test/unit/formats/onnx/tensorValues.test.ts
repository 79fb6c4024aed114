import { describe, expect, it } from 'vitest';
import { TensorProto_DataType as DataType } from '../../../../src/formats/onnx/onnx_pb';
import { floatsOf, integersOf, type OnnxTensor } from '../../../../src/formats/onnx/tensorValues';

function tensor(type: DataType, bytes: Uint8Array, count: number, packing: OnnxTensor['packing'] = 'raw'): OnnxTensor {
  return { name: 't', type, shape: [count], bytes, packing };
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

describe('floating-point values', () => {
  it('are a view of the file where they can be, else a copy', () => {
    const file = new Uint8Array(64);
    const values = Float32Array.of(1.5, -2, Infinity);
    file.set(bytesOf(values), 8);
    file.set(bytesOf(values), 33);
    const aligned = floatsOf(tensor(DataType.FLOAT, file.subarray(8, 20), 3));
    expect(aligned).toEqual(values);
    expect(aligned.buffer).toBe(file.buffer);
    expect(floatsOf(tensor(DataType.FLOAT, file.subarray(33, 45), 3))).toEqual(values);
  });

  it('become single precision', () => {
    const doubles = Float64Array.of(0.1, -1e300, 3);
    expect([...floatsOf(tensor(DataType.DOUBLE, bytesOf(doubles), 3))]).toEqual([Math.fround(0.1), -Infinity, 3]);
    const halves = Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7c00);
    const wanted = [1, -2.5, 2 ** -24, Infinity];
    expect([...floatsOf(tensor(DataType.FLOAT16, bytesOf(halves), 4))]).toEqual(wanted);
    // As int32_data has them: a varint each.
    const varints = Uint8Array.of(0x80, 0x78, 0x80, 0x82, 0x03);
    expect([...floatsOf(tensor(DataType.FLOAT16, varints, 2, 'varints'))]).toEqual([1, -2.5]);
    const brains = Uint16Array.of(0x3f80, 0xc020);
    expect([...floatsOf(tensor(DataType.BFLOAT16, bytesOf(brains), 2))]).toEqual([1, -2.5]);
  });

  it('are not made of integers', () => {
    expect(() => floatsOf(tensor(DataType.INT64, new Uint8Array(8), 1))).toThrow('the type int64, no floating-point');
  });
});

describe('integers', () => {
  it('are read however they are stored', () => {
    expect(integersOf(tensor(DataType.INT64, bytesOf(BigInt64Array.of(-1n, 5n)), 2))).toEqual([-1, 5]);
    expect(integersOf(tensor(DataType.INT32, bytesOf(Int32Array.of(-7)), 1))).toEqual([-7]);
    const minusOne = Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 3);
    expect(integersOf(tensor(DataType.INT64, minusOne, 2, 'varints'))).toEqual([-1, 3]);
  });

  it('stay within what a number can tell apart', () => {
    const largest = bytesOf(BigInt64Array.of(2n ** 63n - 1n));
    expect(integersOf(tensor(DataType.INT64, largest, 1))).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('are as few as shapes have', () => {
    expect(() => integersOf(tensor(DataType.INT64, new Uint8Array(80_000), 10_000))).toThrow(
      'more than a shape can have',
    );
  });
});
