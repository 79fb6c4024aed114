import { join } from 'node:path';
import { Breather } from '../../base/breather';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { nullIfMissing, openLooked, type OpenedFile } from '../../base/regularFile';
import { fileNames, runEventSchema, type RunEventOf } from '../model/format';

/** The end of the file is searched first, as the newest epoch is nearly always there, then more before it. */
const firstPart = 2 ** 14;
const nextParts = 2 ** 20;
/** No line of an epoch is longer; it may lie across the border of two parts. */
const longestLine = 2 ** 14;
/** Many hours in which an epoch has not ended: what has so much behind it has no figures for a list. */
const mostBytes = 2 ** 22;
/** So many lines that look like an epoch and are none were not written by a trainer. */
const mostTries = 1000;

/**
 * The newest epoch that a run has told of, found from the end of events.jsonl without reading the rest; null when it has told of
 * none for so long. Other work has its turn meanwhile. Throws a UserError when the file is not a regular one, or cannot be read.
 */
export async function newestEpoch(folder: string): Promise<RunEventOf<'epoch'> | null> {
  const path = join(folder, fileNames.events);
  const opened = await nullIfMissing(openLooked(path, 'read'));
  return opened && onFile(path, () => searched(opened).finally(() => opened.file.close()));
}

async function searched({ file, found: { size } }: OpenedFile): Promise<RunEventOf<'epoch'> | null> {
  const search = new Search();
  let end = size;
  let begin = Math.max(0, size - firstPart);
  while (size - begin <= mostBytes && !search.isOver) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(end - begin), 0, end - begin, begin);
    const found = await search.lastEpochIn(buffer.subarray(0, bytesRead));
    if (found !== null || begin === 0) return found;
    end = Math.min(size, begin + longestLine);
    begin = Math.max(0, end - nextParts);
  }
  return null;
}

class Search {
  readonly #breather = new Breather();
  #tries = 0;

  get isOver(): boolean {
    return this.#tries >= mostTries;
  }

  /** A line that is cut at either end is no event. */
  async lastEpochIn(bytes: Buffer): Promise<RunEventOf<'epoch'> | null> {
    let at = bytes.lastIndexOf('"type":"epoch"');
    while (at >= 0 && !this.isOver) {
      this.#tries += 1;
      const begin = bytes.lastIndexOf('\n', at) + 1;
      const event = epochIn(bytes.subarray(begin, Math.max(begin, bytes.indexOf('\n', at))));
      if (event !== null) return event;
      await this.#breather.breathe();
      at = begin === 0 ? -1 : bytes.lastIndexOf('"type":"epoch"', begin - 1);
    }
    return null;
  }
}

function epochIn(line: Buffer): RunEventOf<'epoch'> | null {
  if (line.length > longestLine) return null;
  const event = runEventSchema.safeParse(parseJson(line.toString())).data;
  return event?.type === 'epoch' ? event : null;
}
