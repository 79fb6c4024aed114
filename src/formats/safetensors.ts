import * as z from 'zod';
import { UserError } from '../base/errors';
import { sizeOf, type Tensor, type TensorMap } from './tensor';
import { parseJson } from '../base/parseJson';

/** The safetensors format: uint64 length of a JSON header, the header, then the tensors' bytes, little-endian. */

const headerAlignment = 8;
/** The format's own limit. */
const largestHeader = 100_000_000;

const bytesPerValue = { F64: 8, F32: 4, F16: 2, BF16: 2 } as const;
type FloatType = keyof typeof bytesPerValue;

const count = z.int().min(0);
const tensorSchema = z.object({
  dtype: z.string(),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
});
/** A file of float32 tensors, in the map's order. */
export function encodeSafetensors(tensors: TensorMap, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let size = 0;
  for (const [name, { shape, data }] of tensors) {
    header.push([name, { dtype: 'F32', shape, data_offsets: [size, size + data.byteLength] }]);
    size += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const dataStart = Math.ceil((8 + json.length) / headerAlignment) * headerAlignment;
  const bytes = new Uint8Array(dataStart + size).fill(0x20, 8 + json.length, dataStart);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(dataStart - 8), true);
  bytes.set(json, 8);
  let offset = dataStart;
  for (const { data } of tensors.values()) {
    const start = offset;
    data.forEach((value, index) => {
      view.setFloat32(start + 4 * index, value, true);
    });
    offset += data.byteLength;
  }
  return bytes;
}

/**
 * The floating-point tensors of a file, as float32. Those of other types, such as PyTorch's int64 `num_batches_tracked`,
 * are left out. Throws a UserError that names the file when anything in it does not fit together.
 */
export function decodeSafetensors(bytes: Uint8Array, fileName: string): TensorMap {
  const fail = (reason: string): never => {
    throw new UserError(`${fileName} is not a whole safetensors file: ${reason}.`, { file: fileName });
  };
  const { header, dataStart } = readHeader(bytes, fail);
  const data = bytes.subarray(dataStart);
  const tensors = new Map<string, Tensor>();
  let unread = data.length;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets } =
      tensorSchema.safeParse(entry).data ?? fail(`"${name}" is not described as a tensor`);
    const [begin, end] = data_offsets;
    if (begin > end || end > data.length) fail(`"${name}" lies outside the file`);
    // Without this a small file could ask for any amount of memory.
    if ((unread -= end - begin) < 0) fail('its tensors overlap');
    if (!isFloatType(dtype)) continue;
    if (sizeOf(shape) * bytesPerValue[dtype] !== end - begin) fail(`"${name}" has another size than its shape says`);
    // Beside an extent of 0 the others can be anything, and whoever goes by one of them would make room for as much.
    if (shape.some((extent) => extent > bytes.length)) fail(`"${name}" claims to be larger than the file`);
    tensors.set(name, { shape, data: toFloat32(data.subarray(begin, end), dtype) });
  }
  return tensors;
}

function readHeader(
  bytes: Uint8Array,
  fail: (reason: string) => never,
): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) fail('it ends before its header');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(largestHeader)) fail('its header would be larger than the format allows');
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) fail('it ends before the end of its header');
  const header = parseJson(new TextDecoder().decode(bytes.subarray(8, dataStart)));
  return typeof header === 'object' && header !== null
    ? { header: { ...header }, dataStart }
    : fail('its header is not JSON');
}

function isFloatType(dtype: string): dtype is FloatType {
  return Object.hasOwn(bytesPerValue, dtype);
}

function toFloat32(bytes: Uint8Array, dtype: FloatType): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [size, read] = [bytesPerValue[dtype], readers[dtype]];
  const values = new Float32Array(bytes.length / size);
  for (let index = 0; index < values.length; index++) values[index] = read(view, index * size);
  return values;
}

const readers: Readonly<Record<FloatType, (view: DataView, offset: number) => number>> = {
  F64: (view, offset) => view.getFloat64(offset, true),
  F32: (view, offset) => view.getFloat32(offset, true),
  F16: (view, offset) => halfToNumber(view.getUint16(offset, true)),
  BF16: (view, offset) => {
    const word = new DataView(new ArrayBuffer(4));
    word.setUint16(0, view.getUint16(offset, true));
    return word.getFloat32(0);
  },
};

/** The value of an IEEE 754 binary16 number by its bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}
