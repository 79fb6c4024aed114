import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { UserError } from '../../base/errors';
import type { LayerRecord, PrunableLayer, PruningRecord } from '../model/format';
import { parseJson } from '../../base/parseJson';

/**
 * `layers.bin`, all numbers little-endian:
 * header: the 8 letters SFPLAYRS, uint32 version, uint32 length of the JSON that follows, `[{"name","filters"},…]` in
 * UTF-8, uint32 CRC-32 of all that;
 * records, all of one size: int32 epoch, float32 scores of all filters of all layers, then for every layer its mask bits
 * (bit 0 of the first byte is filter 0, 1 = kept, padded to whole bytes), uint32 CRC-32 of all that.
 */
const magic = new TextEncoder().encode('SFPLAYRS');
const version = 1;
const fixedHeaderSize = magic.length + 8;
const checksumSize = 4;
/** A header that claims to be longer than this is damaged: it would be ten thousand layers. */
const largestDescription = 1 << 20;
/** No header has more bytes than this. */
export const largestLayersHeader = fixedHeaderSize + largestDescription + checksumSize;

/** Empty where nothing of the network can be pruned. */
const layersSchema = z
  .array(
    z.object({
      name: z.string(),
      filters: z
        .int()
        .min(1)
        .max(1 << 20),
    }),
  )
  // Views and comparisons find layers by their names.
  .refine((layers) => new Set(layers.map(({ name }) => name)).size === layers.length);

export interface LayersHeader {
  readonly layers: readonly PrunableLayer[];
  /** Bytes of the header; the first record starts here. */
  readonly byteLength: number;
}

export function encodeLayersHeader(layers: readonly PrunableLayer[]): Uint8Array {
  const description = new TextEncoder().encode(JSON.stringify(layers.map(({ name, filters }) => ({ name, filters }))));
  const bytes = new Uint8Array(fixedHeaderSize + description.length + checksumSize);
  const view = new DataView(bytes.buffer);
  bytes.set(magic);
  view.setUint32(magic.length, version, true);
  view.setUint32(magic.length + 4, description.length, true);
  bytes.set(description, fixedHeaderSize);
  seal(bytes);
  return bytes;
}

/**
 * Reads the header from the start of a file; null when the file is not that long yet.
 * Throws a UserError when it is not a `layers.bin` of this version or is damaged.
 */
export function decodeLayersHeader(bytes: Uint8Array, fileName: string): LayersHeader | null {
  if (!magic.every((letter, index) => index >= bytes.length || bytes[index] === letter))
    throw new UserError(`${fileName} is not a record of layers.`, { file: fileName });
  if (bytes.length < fixedHeaderSize) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(magic.length, true);
  if (found !== version)
    throw new UserError(`${fileName} has format version ${found}; this version of SFP Lab reads version ${version}.`, {
      file: fileName,
    });
  const descriptionLength = view.getUint32(magic.length + 4, true);
  const byteLength = fixedHeaderSize + descriptionLength + checksumSize;
  if (descriptionLength > largestDescription) throw damaged(fileName);
  if (bytes.length < byteLength) return null;
  const header = bytes.subarray(0, byteLength);
  if (!isSealed(header)) throw damaged(fileName);
  const layers = layersSchema.safeParse(
    parseJson(new TextDecoder().decode(header.subarray(fixedHeaderSize, -checksumSize))),
  );
  if (!layers.success) throw damaged(fileName);
  return { layers: layers.data, byteLength };
}

/** Bytes of one record. */
export function layersRecordSize(layers: readonly PrunableLayer[]): number {
  const perLayer = layers.map(({ filters }) => 4 * filters + maskSize(filters));
  return 4 + perLayer.reduce((sum, size) => sum + size, 0) + checksumSize;
}

/** Throws an Error when the record's layers are not those of the header. */
export function encodeLayersRecord(layers: readonly PrunableLayer[], record: PruningRecord): Uint8Array {
  const bytes = new Uint8Array(layersRecordSize(layers));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, record.epoch, true);
  let offset = 4;
  const recorded = layers.map((layer, index) => sameLayer(layer, record.layers[index]));
  for (const { scores } of recorded) for (const score of scores) offset = putFloat32(view, offset, score);
  for (const { mask } of recorded) {
    packMask(mask, bytes.subarray(offset));
    offset += maskSize(mask.length);
  }
  seal(bytes);
  return bytes;
}

/** Reads one record of `layersRecordSize` bytes; null when its checksum does not match. */
export function decodeLayersRecord(layers: readonly PrunableLayer[], bytes: Uint8Array): PruningRecord | null {
  if (bytes.length !== layersRecordSize(layers) || !isSealed(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = layers.reduce((sum, { filters }) => sum + filters, 0);
  const scores = float32At(view, 4, all);
  const masks = new Uint8Array(all);
  let start = 0;
  let maskAt = 4 + 4 * all;
  const records = layers.map(({ name, filters }): LayerRecord => {
    const end = start + filters;
    const mask = masks.subarray(start, end);
    unpackMask(bytes.subarray(maskAt), mask);
    maskAt += maskSize(filters);
    const record = { name, scores: scores.subarray(start, end), mask };
    start = end;
    return record;
  });
  return { epoch: view.getInt32(0, true), layers: records };
}

/**
 * The records in `bytes`, which starts at a record, and how many bytes they take. A damaged record counts, as null, so that the
 * numbers of the others stay right; but one at the end is left for later, as it may still be on its way.
 */
export function decodeLayersRecords(
  layers: readonly PrunableLayer[],
  bytes: Uint8Array,
): { records: (PruningRecord | null)[]; byteLength: number } {
  const size = layersRecordSize(layers);
  const whole = Math.floor(bytes.length / size);
  const records = Array.from({ length: whole }, (_, index) =>
    decodeLayersRecord(layers, bytes.subarray(index * size, (index + 1) * size)),
  );
  const valid = records.findLastIndex((record) => record !== null) + 1;
  return { records: records.slice(0, valid), byteLength: valid * size };
}

function sameLayer(layer: PrunableLayer, record: LayerRecord | undefined): LayerRecord {
  if (record?.name !== layer.name || record.scores.length !== layer.filters || record.mask.length !== layer.filters)
    throw new Error(`A record of layers does not fit the first one at "${layer.name}" with ${layer.filters} filters.`);
  return record;
}

function putFloat32(view: DataView, offset: number, value: number): number {
  view.setFloat32(offset, value, true);
  return offset + 4;
}

function maskSize(filters: number): number {
  return Math.ceil(filters / 8);
}

function packMask(mask: Uint8Array, bytes: Uint8Array): void {
  for (const [filter, kept] of mask.entries()) if (kept !== 0) bytes[filter >> 3]! |= 1 << (filter & 7);
}

function unpackMask(bytes: Uint8Array, mask: Uint8Array): void {
  for (let filter = 0; filter < mask.length; filter++) mask[filter] = (bytes[filter >> 3]! >> (filter & 7)) & 1;
}

/** A loop, as a function called for each of a long run's million scores takes half a second. */
function float32At(view: DataView, offset: number, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) values[index] = view.getFloat32(offset + 4 * index, true);
  return values;
}

/** Writes the checksum of everything before it into the last four bytes. */
function seal(bytes: Uint8Array): void {
  const end = bytes.length - checksumSize;
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(end, crc32(bytes.subarray(0, end)), true);
}

function isSealed(bytes: Uint8Array): boolean {
  const end = bytes.length - checksumSize;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true) === crc32(bytes.subarray(0, end));
}

function damaged(fileName: string): UserError {
  return new UserError(`The beginning of ${fileName} is damaged; its scores and masks can’t be read.`, {
    file: fileName,
  });
}
