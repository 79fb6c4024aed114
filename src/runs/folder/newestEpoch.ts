import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { openRegularIfThere } from '../../base/regularFile';
import { fileNames, runEventSchema, type RunEventOf } from '../model/format';

/** The end of the file is searched first, as the newest epoch is nearly always there, then more before it. */
const firstPart = 2 ** 16;
const nextParts = 2 ** 20;
/** Longer than the line of an epoch, which may lie across the border of two parts. */
const overlap = 2 ** 14;
/** Days in which an epoch has not ended. */
const mostBytes = 2 ** 26;

/**
 * The newest epoch that a run has told of, found from the end of events.jsonl without reading the rest; null when it has told of
 * none for so long. Throws a UserError when the file is not a regular one, or cannot be read.
 */
export async function newestEpoch(folder: string): Promise<RunEventOf<'epoch'> | null> {
  const path = join(folder, fileNames.events);
  const file = await openRegularIfThere(path, 'read');
  return file && onFile(path, () => searched(file).finally(() => file.close()));
}

async function searched(file: FileHandle): Promise<RunEventOf<'epoch'> | null> {
  const { size } = await file.stat();
  let end = size;
  let begin = Math.max(0, size - firstPart);
  while (size - begin <= mostBytes) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - begin), 0, end - begin, begin);
    const found = lastEpochIn(buffer.subarray(0, bytesRead));
    if (found !== null || begin === 0) return found;
    end = Math.min(size, begin + overlap);
    begin = Math.max(0, end - nextParts);
  }
  return null;
}

/** A line that is cut at either end is no event. */
function lastEpochIn(bytes: Buffer): RunEventOf<'epoch'> | null {
  let at = bytes.lastIndexOf('"type":"epoch"');
  while (at >= 0) {
    const begin = bytes.lastIndexOf('\n', at) + 1;
    const line = bytes.subarray(begin, Math.max(begin, bytes.indexOf('\n', at)));
    const event = runEventSchema.safeParse(parseJson(line.toString())).data;
    if (event?.type === 'epoch') return event;
    at = begin === 0 ? -1 : bytes.lastIndexOf('"type":"epoch"', begin - 1);
  }
  return null;
}
