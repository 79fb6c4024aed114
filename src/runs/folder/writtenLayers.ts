import { rename, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { syncParent } from '../../base/durable';
import { UserError } from '../../base/errors';
import { listInWords } from '../../base/listInWords';
import { lookAt, openRegularIfThere } from '../../base/regularFile';
import {
  decodeLayersHeader,
  decodeLayersRecord,
  largestLayersHeader,
  layersRecordSize,
  type LayersHeader,
} from './layersFile';
import type { ToldPruning, WrittenEvents } from './writtenEvents';

/** How a writer goes on with `layers.bin`. */
export interface WrittenLayers {
  /** Null where the file has yet to begin. */
  readonly header: LayersHeader | null;
  /** The number of the next record: no event names it, and no whole record has it. */
  readonly nextRecord: number;
  /** What was lost, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * Makes `layers.bin` ready to be gone on with. Half a record at its end, of which nothing tells, is cut off. What events tell of
 * keeps its number, whether its record is there or not. A file whose header is damaged is set aside under another name. Throws a
 * UserError when it is no regular file.
 */
export async function takeUpLayers(path: string, { prunings, nextRecord }: WrittenEvents): Promise<WrittenLayers> {
  try {
    return await withFile(path, async (file) => {
      const header = file && (await readHeader(file, path));
      if (file === null || header === null) {
        await file?.truncate(0);
        return { header: null, nextRecord, problems: lostRecords(prunings) };
      }
      const records = await wholeRecords(file, header);
      const next = Math.max(records, nextRecord);
      const end = positionOf(next, header);
      if ((await file.stat()).size > end) await file.truncate(end);
      return { header, nextRecord: next, problems: lostRecords(await unreadable(file, header, prunings)) };
    });
  } catch (error) {
    if (!(error instanceof DamagedHeader)) throw error;
    const problem = `${await setAside(path)} ${error.message}`;
    return { header: null, nextRecord, problems: [problem, ...lostRecords(prunings)] };
  }
}

/** Where a record begins in the file. */
export function positionOf(record: number, { byteLength, layers }: LayersHeader): number {
  return byteLength + record * layersRecordSize(layers);
}

/** Gives a file that can’t be gone on with another name beside its own, and returns a sentence that says so. */
export async function setAside(path: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${path}.damaged-${number}`;
    if ((await lookAt(name)) !== null) continue;
    await rename(path, name);
    await syncParent(path);
    return `${basename(path)} could not be gone on with; it is kept as ${basename(name)}, and a new one is begun.`;
  }
}

class DamagedHeader extends Error {}

async function withFile<Result>(path: string, work: (file: FileHandle | null) => Promise<Result>): Promise<Result> {
  const file = await openRegularIfThere(path, 'change');
  return work(file).finally(() => file?.close());
}

async function readHeader(file: FileHandle, path: string): Promise<LayersHeader | null> {
  const { size } = await file.stat();
  const bytes = await readAt(file, 0, Math.min(size, largestLayersHeader));
  try {
    return decodeLayersHeader(bytes, path);
  } catch (error) {
    throw error instanceof UserError ? new DamagedHeader(error.message) : error;
  }
}

/** How many records there are up to the last that is whole; of those before at most so many are looked at. */
async function wholeRecords(file: FileHandle, header: LayersHeader, mostDamaged = 10_000): Promise<number> {
  const { size } = await file.stat();
  const records = Math.floor((size - header.byteLength) / layersRecordSize(header.layers));
  for (let whole = records; whole > Math.max(0, records - mostDamaged); whole--)
    if ((await epochOf(file, header, whole - 1)) !== null) return whole;
  return Math.max(0, records - mostDamaged);
}

/** Those prunings of which the file has no whole record. */
async function unreadable(
  file: FileHandle,
  header: LayersHeader,
  prunings: readonly ToldPruning[],
): Promise<readonly ToldPruning[]> {
  const lost: ToldPruning[] = [];
  for (const pruning of prunings)
    if ((await epochOf(file, header, pruning.record)) !== pruning.epoch) lost.push(pruning);
  return lost;
}

/** The epoch of a record; null where it is not whole. */
async function epochOf(file: FileHandle, header: LayersHeader, record: number): Promise<number | null> {
  const size = layersRecordSize(header.layers);
  const begin = positionOf(record, header);
  // No memory is taken for what the file does not have.
  if ((await file.stat()).size < begin + size) return null;
  return decodeLayersRecord(header.layers, await readAt(file, begin, size))?.epoch ?? null;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function lostRecords(prunings: readonly ToldPruning[]): string[] {
  if (prunings.length === 0) return [];
  const epochs = prunings.map(({ epoch }) => (epoch < 0 ? 'before the first epoch' : `after epoch ${epoch + 1}`));
  const listed =
    epochs.length > 4 ? `${epochs.slice(0, 3).join(', ')} and ${epochs.length - 3} more` : listInWords(epochs);
  const what = prunings.length === 1 ? 'the pruning' : 'the prunings';
  return [
    `layers.bin has lost what it recorded of ${what} ${listed}: scores and masks of ${prunings.length === 1 ? 'it' : 'them'} can’t be shown.`,
  ];
}
