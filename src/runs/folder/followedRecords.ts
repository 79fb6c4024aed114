import { UserError } from '../../base/errors';
import type { NumberedRecord } from '../model/history';
import { decodeLayersHeader, decodeLayersRecords, layersRecordSize, type LayersHeader } from './layersFile';
import { readPart } from './readPart';

/** So much of the file is read at once where a record is not longer by itself: some milliseconds of work. */
const usualBytes = 2 ** 18;
/** Longer than any header. */
const headerBytes = 2 ** 21;
const mostRecords = 256;
/** A record of ten thousand layers with hundreds of filters each. */
const largestRecord = 2 ** 24;

/** Where the records of a file lie. */
interface Layout extends LayersHeader {
  readonly recordSize: number;
}

/**
 * `layers.bin` of a run, read on from where the last read ended, in parts that need little memory. A last record that is not
 * whole or damaged is left for the next time, as it may still be on its way.
 */
export class FollowedRecords {
  #layout: Layout | null = null;
  #read = 0;
  #hasMore = false;
  #isGivenUp = false;

  constructor(private readonly path: string) {}

  /** Whether the last read left something to be read at once. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** The next records, none beyond number `last`. Throws a UserError, the first time, when the file cannot be used. */
  read(last: number): Promise<NumberedRecord[]> {
    return this.#orGiveUp([], async () => {
      const layout = await this.#findLayout();
      this.#hasMore = false;
      if (layout === null || last < this.#read) return [];
      const most = Math.min(mostRecords, Math.max(1, Math.floor(usualBytes / layout.recordSize)));
      const records = await this.#decode(layout, this.#read, Math.min(most, last + 1 - this.#read));
      this.#read += records.length;
      return records;
    });
  }

  /** One record alone; none where it is not there. Throws as `read`. */
  readOne(number: number): Promise<NumberedRecord[]> {
    return this.#orGiveUp([], async () => {
      const layout = await this.#findLayout();
      return layout === null || number < 0 ? [] : this.#decode(layout, number, 1);
    });
  }

  async #decode({ layers, byteLength, recordSize }: Layout, first: number, count: number): Promise<NumberedRecord[]> {
    const { bytes, isMoreBehind } = await readPart(this.path, byteLength + first * recordSize, count * recordSize);
    const whole = Math.floor(bytes.length / recordSize);
    this.#hasMore = isMoreBehind && whole > 0;
    const decoded = decodeLayersRecords(layers, bytes).records;
    // Where the file goes on behind them, none of these is still on its way.
    const records = decoded.length === 0 && isMoreBehind ? Array.from({ length: whole }, () => null) : decoded;
    return records.map((record, index) => ({ number: first + index, record }));
  }

  async #findLayout(): Promise<Layout | null> {
    if (this.#layout) return this.#layout;
    const { bytes } = await readPart(this.path, 0, headerBytes);
    const header = decodeLayersHeader(bytes, this.path);
    if (header === null) return null;
    const recordSize = layersRecordSize(header.layers);
    if (recordSize > largestRecord)
      throw new UserError(`${this.path} claims to have more filters than any network; it is not read.`, {
        file: this.path,
      });
    return (this.#layout = { ...header, recordSize });
  }

  async #orGiveUp<Result>(otherwise: Result, operation: () => Promise<Result>): Promise<Result> {
    if (this.#isGivenUp) return otherwise;
    try {
      return await operation();
    } catch (error) {
      this.#isGivenUp = true;
      this.#hasMore = false;
      throw error;
    }
  }
}
