import * as z from 'zod';
import { parseJson } from '../../base/parseJson';
import { sizeOf } from '../../formats/tensor';
import { mostArrays, type ArrayFile, type StoredArray } from './arrayFile';
import { fail } from './fail';
import { openPlain } from './npyFiles';
import { bytesOf, type ValueType } from './valueTypes';

/** A header that tells of a hundred arrays is not longer. */
const mostHeader = 1 << 20;

const types: Readonly<Record<string, ValueType>> = {
  U8: 'uint8',
  BOOL: 'uint8',
  I8: 'int8',
  U16: 'uint16',
  I16: 'int16',
  U32: 'uint32',
  I32: 'int32',
  U64: 'uint64',
  I64: 'int64',
  F16: 'float16',
  F32: 'float32',
  F64: 'float64',
};

const extent = z.int().min(0);
const entrySchema = z.object({ dtype: z.string(), shape: z.array(extent), data_offsets: z.tuple([extent, extent]) });

/** The tensors of a safetensors file, which are read when they are wanted. Throws a UserError when it is no such file. */
export async function openSafetensors(path: string): Promise<ArrayFile> {
  const file = await openPlain(path);
  try {
    const { size } = await file.stat();
    const read = async (length: number, position: number): Promise<Buffer> =>
      (await file.read(Buffer.alloc(length), 0, length, position)).buffer;
    const length = size < 8 ? 0 : Number((await read(8, 0)).readBigUInt64LE());
    if (length < 2 || length > mostHeader || 8 + length > size) throw fail(path, 'is no whole safetensors file');
    const header = parseJson(String(await read(length, 8)));
    if (typeof header !== 'object' || header === null) throw fail(path, 'is no whole safetensors file');
    const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
    if (entries.length > mostArrays) throw fail(path, `has more than ${mostArrays} tensors`);
    const arrays = entries.map(([name, entry]): [string, StoredArray] => {
      const { dtype, shape, data_offsets } = entrySchema.safeParse(entry).data ?? refuse(path, name);
      const [begin, end] = data_offsets;
      const type = types[dtype] ?? {
        problem: `has values of type ${dtype}: images are U8, F16, F32 or F64, labels whole numbers`,
      };
      const isWhole = typeof type === 'object' || sizeOf(shape) * bytesOf[type] === end - begin;
      if (!isWhole || begin > end || 8 + length + end > size) refuse(path, name);
      const values = (): AsyncIterable<Uint8Array> => valuesOf(path, 8 + length + begin, end - begin);
      return [name, { name, shape, type, values }];
    });
    return {
      arrays: new Map(arrays),
      fingerprint: `${size} ${JSON.stringify(header)}`,
      close: () => Promise.resolve(),
    };
  } finally {
    await file.close();
  }
}

function refuse(path: string, name: string): never {
  throw fail(path, `is damaged: "${name}" does not lie in it as its header says`);
}

async function* valuesOf(path: string, start: number, length: number): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  const file = await openPlain(path);
  try {
    yield* file.createReadStream({ start, end: start + length - 1, autoClose: false, highWaterMark: 1 << 20 });
  } finally {
    await file.close();
  }
}
