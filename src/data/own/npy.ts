import type { ValueType } from './valueTypes';

/**
 * The header of an NPY file, as NumPy writes it: magic text, version, length of a Python dictionary, and this dictionary with
 * type, order and shape. Source: numpy.lib.format, "NPY format".
 */
export interface NpyHeader {
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly dataStart: number;
  readonly type: ValueType | NpyText | UnusableType;
}

/** Texts of so many characters each, in four bytes (UTF-32) or one (Latin-1) a character, filled up with zeros. */
export interface NpyText {
  readonly characters: number;
  readonly bytes: 1 | 4;
}

/** A type that is not read, and why, to follow the array's name. */
export interface UnusableType {
  readonly problem: string;
}

/** No header that tells of one array is longer. */
export const mostHeaderBytes = 64 * 1024;

const magic = '\x93NUMPY';
const dictionary =
  /^\{\s*'descr':\s*(?<type>'[^']*'|\[.*\]),\s*'fortran_order':\s*(?<columns>True|False),\s*'shape':\s*\((?<shape>[\d,\sL]*)\),?\s*\}\s*$/s;

/** Reads the beginning of an NPY file. Throws an Error that says what is wrong with it, to follow its name. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  const beginning = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (beginning.length < 10 || beginning.toString('latin1', 0, magic.length) !== magic)
    throw new Error('is no array of NumPy');
  const isLong = beginning[6]! > 1;
  if (isLong && beginning.length < 12) throw new Error('ends in its header');
  const length = isLong ? beginning.readUInt32LE(8) : beginning.readUInt16LE(8);
  const dataStart = (isLong ? 12 : 10) + length;
  if (dataStart > mostHeaderBytes) throw new Error('has a header that is longer than one of an array can be');
  if (dataStart > beginning.length) throw new Error('ends in its header');
  const found = dictionary.exec(beginning.toString('latin1', dataStart - length, dataStart))?.groups;
  if (found === undefined) throw new Error('has a header that is not one of NumPy');
  const shape = shapeIn(found.shape!);
  const type = typeOf(found.type!, found.columns === 'True' && shape.length > 1);
  return { shape, dataStart, type };
}

function shapeIn(text: string): number[] {
  const extents = text
    .split(',')
    .map((extent) => extent.trim().replace(/L$/, ''))
    .filter((extent) => extent !== '')
    .map(Number);
  if (extents.some((extent) => !Number.isSafeInteger(extent))) throw new Error('has a shape that no array can have');
  return extents;
}

const numberTypes: Readonly<Record<string, ValueType>> = {
  u1: 'uint8',
  b1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  u8: 'uint64',
  i8: 'int64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

function typeOf(descr: string, isByColumns: boolean): NpyHeader['type'] {
  const [, order, kind = '', size = ''] = /^'([<>|=])?([a-zA-Z])(\d*)/.exec(descr) ?? [];
  if (kind === 'O')
    return {
      problem: 'holds Python objects (pickle), which are not loaded: save plain numbers, as by astype("int64")',
    };
  if (isByColumns) return { problem: 'is stored by columns: save it with numpy.ascontiguousarray' };
  const text = textOf(kind, Number(size));
  const type = numberTypes[kind + size];
  if (text === undefined && type === undefined)
    return { problem: `has values of type ${descr}: images are uint8 or floats, labels whole numbers` };
  if (order === '>' && size !== '1' && kind !== 'S')
    return {
      problem: 'has the bytes of its numbers in the order of other machines: save it with astype("<f4") or "<i8"',
    };
  return text ?? type!;
}

function textOf(kind: string, characters: number): NpyText | undefined {
  if (characters < 1 || characters > 1000) return undefined;
  if (kind === 'U') return { characters, bytes: 4 };
  return kind === 'S' ? { characters, bytes: 1 } : undefined;
}

/** The texts in an array's bytes. */
export function textsIn(values: Uint8Array, { characters, bytes }: NpyText): string[] {
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
  const count = Math.floor(values.length / (characters * bytes));
  return Array.from({ length: count }, (_, index) => {
    const points = Array.from({ length: characters }, (__, place) => {
      const offset = (index * characters + place) * bytes;
      return bytes === 1 ? view.getUint8(offset) : view.getUint32(offset, true);
    });
    const end = points.indexOf(0);
    const text = points.slice(0, end === -1 ? characters : end);
    return text.map((point) => (point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd')).join('');
  });
}
