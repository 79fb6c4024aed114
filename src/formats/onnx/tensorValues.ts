import { BinaryReader } from '@bufbuild/protobuf/wire';
import { brainFloatToNumber, halfToNumber } from '../halfFloat';
import { sizeOf } from '../tensor';
import { TensorProto_DataType as DataType } from './onnx_pb';

/** How a tensor's values lie in its bytes: as in memory, or each as a number of a few bytes. */
export type Packing = 'raw' | 'varints';

/** A constant of a model, not decoded yet. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
  readonly packing: Packing;
}

/** Bytes of a value in memory, of the types that networks have. */
export const bytesPerValue: ReadonlyMap<DataType, number> = new Map([
  [DataType.FLOAT, 4],
  [DataType.DOUBLE, 8],
  [DataType.FLOAT16, 2],
  [DataType.BFLOAT16, 2],
  [DataType.INT64, 8],
  [DataType.INT32, 4],
  [DataType.BOOL, 1],
]);

/** Whether `floatsOf` has values of this type. */
export function isFloatType(type: number): boolean {
  return floatReaders[type] !== undefined;
}

/** What a type is called: `float16`. */
export function typeInWords(type: DataType): string {
  if (type === DataType.FLOAT) return 'float32';
  return (DataType[type] as string | undefined)?.toLowerCase() ?? `type ${type}`;
}

/**
 * A tensor's values as float32, without a copy where they lie so in the file. Throws an Error when they are no floating-point
 * numbers.
 */
export function floatsOf(tensor: OnnxTensor): Float32Array {
  const read = floatReaders[tensor.type];
  if (!read)
    throw new Error(`"${tensor.name}" holds values of the type ${typeInWords(tensor.type)}, no floating-point numbers`);
  return read(tensor);
}

const floatReaders: Readonly<Partial<Record<number, (tensor: OnnxTensor) => Float32Array>>> = {
  [DataType.FLOAT]: ({ bytes }) => {
    const { buffer, byteOffset, byteLength } = inPlace(bytes, 4);
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  },
  [DataType.DOUBLE]: ({ bytes }) => {
    const { buffer, byteOffset, byteLength } = inPlace(bytes, 8);
    return new Float32Array(new Float64Array(buffer, byteOffset, byteLength / 8));
  },
  [DataType.FLOAT16]: (tensor) => widened(words(tensor), halves()),
  [DataType.BFLOAT16]: (tensor) => Float32Array.from(words(tensor), brainFloatToNumber),
};

/** More than any shape, axis or padding has. */
const mostIntegers = 1024;

/** The values of a short tensor of integers. Throws an Error when they are no integers, or not ones of a number's precision. */
export function integersOf({ name, type, bytes, packing, shape }: OnnxTensor): number[] {
  const count = sizeOf(shape);
  if (count > mostIntegers) throw new Error(`"${name}" holds ${count} integers, more than a shape can have`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new BinaryReader(bytes);
  const read = integerReaders[type];
  if (!read) throw new Error(`"${name}" holds values of the type ${typeInWords(type)}, no integers`);
  return Array.from({ length: count }, (_, index) => {
    const value = packing === 'varints' ? Number(reader.int64()) : read(view, index);
    // Slices and reshapes use the largest integer for "to the end".
    return Math.max(Math.min(value, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
  });
}

const integerReaders: Readonly<Partial<Record<DataType, (view: DataView, index: number) => number>>> = {
  [DataType.INT64]: (view, index) => Number(view.getBigInt64(8 * index, true)),
  [DataType.INT32]: (view, index) => view.getInt32(4 * index, true),
  [DataType.BOOL]: (view, index) => view.getUint8(index),
};

/** The bytes where an array of such values can lie on them, else a copy. */
function inPlace(bytes: Uint8Array, size: number): Uint8Array {
  return bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
}

function words({ bytes, packing, shape }: OnnxTensor): Uint16Array {
  if (packing === 'varints') {
    const reader = new BinaryReader(bytes);
    return Uint16Array.from({ length: sizeOf(shape) }, () => reader.int32());
  }
  const aligned = inPlace(bytes, 2);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
}

function widened(values: Uint16Array, table: Float32Array): Float32Array {
  const floats = new Float32Array(values.length);
  for (let index = 0; index < values.length; index++) floats[index] = table[values[index]!]!;
  return floats;
}

let knownHalves: Float32Array | undefined;

/** Every half as float32: a file has millions of them. */
function halves(): Float32Array {
  knownHalves ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfToNumber(bits));
  return knownHalves;
}
