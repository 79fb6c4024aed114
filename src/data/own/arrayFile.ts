import type { NpyText, UnusableType } from './npy';
import type { ValueType } from './valueTypes';

/** An array in a file, whose size has been compared with its shape. */
export interface StoredArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ValueType | NpyText | UnusableType;
  /** The bytes of its values, row by row, little-endian, in parts of any size. */
  readonly values: () => AsyncIterable<Uint8Array>;
}

/** Arrays by their names, and a text that changes where their sizes do, or more; not where the file is copied. */
export interface ArrayFile {
  readonly arrays: ReadonlyMap<string, StoredArray>;
  readonly fingerprint: string;
  readonly close: () => Promise<void>;
}

/** So many arrays at most are looked at in one place. */
export const mostArrays = 100;

/** Bytes in records of one size. Throws an Error when they do not come out even. */
export async function* recordsOf(
  values: AsyncIterable<Uint8Array>,
  recordBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // A buffer of its own, so that typed arrays can be laid over it.
  const record = new Uint8Array(recordBytes);
  let filled = 0;
  for await (const part of values) {
    for (let at = 0; at < part.length;) {
      const taken = Math.min(recordBytes - filled, part.length - at);
      record.set(part.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < recordBytes) continue;
      yield record;
      filled = 0;
    }
  }
  if (filled > 0) throw new Error('ends in the middle of a value');
}

/** All values of an array that is known to be small. */
export async function allValues(array: StoredArray): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of array.values()) parts.push(part);
  return Buffer.concat(parts);
}
