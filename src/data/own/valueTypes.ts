import { halfToNumber } from '../../formats/halfFloat';

/** What the values of an array are that somebody saved: the types that images, labels and names come in. */
export const valueTypes = [
  'uint8',
  'int8',
  'uint16',
  'int16',
  'uint32',
  'int32',
  'uint64',
  'int64',
  'float16',
  'float32',
  'float64',
] as const;
export type ValueType = (typeof valueTypes)[number];

export const bytesOf: Readonly<Record<ValueType, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** Whether values of a type may have fractions. */
export function isFloating(type: ValueType): boolean {
  return type.startsWith('float');
}

/** The values in little-endian bytes, as numbers; whole numbers beyond 2^53 lose digits. */
export function valuesIn(bytes: Uint8Array, type: ValueType): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  const size = bytesOf[type];
  return Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => read(view, index * size));
}

const readers: Readonly<Record<ValueType, (view: DataView, offset: number) => number>> = {
  uint8: (view, offset) => view.getUint8(offset),
  int8: (view, offset) => view.getInt8(offset),
  uint16: (view, offset) => view.getUint16(offset, true),
  int16: (view, offset) => view.getInt16(offset, true),
  uint32: (view, offset) => view.getUint32(offset, true),
  int32: (view, offset) => view.getInt32(offset, true),
  uint64: (view, offset) => Number(view.getBigUint64(offset, true)),
  int64: (view, offset) => Number(view.getBigInt64(offset, true)),
  float16: (view, offset) => halfToNumber(view.getUint16(offset, true)),
  float32: (view, offset) => view.getFloat32(offset, true),
  float64: (view, offset) => view.getFloat64(offset, true),
};

/** The values in a whole buffer, rounded to float32; what is beyond its range becomes infinite. */
export function float32In(bytes: ArrayBuffer, type: ValueType): Float32Array {
  return type === 'float32' ? new Float32Array(bytes) : Float32Array.from(valuesIn(new Uint8Array(bytes), type));
}
