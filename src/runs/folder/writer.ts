import { open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestText } from './create';
import { errorCode, onFile } from '../../base/fileProblem';
import { replaceFile } from '../../base/replaceFile';
import {
  fileNames,
  runEventSchema,
  runManifestSchema,
  type PrunableLayer,
  type PruningRecord,
  type RunEvent,
  type RunManifest,
} from '../model/format';
import { decodeLayersHeader, decodeLayersRecords, encodeLayersHeader, encodeLayersRecord } from './layersFile';
import { readManifest } from './manifest';

/**
 * Writes a run folder; the trainer has the only one at a time. Calls are carried out in the order in which they are made,
 * also when they are not awaited. A full disk or a lack of permission comes out as a UserError that names the folder.
 */
export class RunWriter {
  #manifest: RunManifest;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly folder: string,
    manifest: RunManifest,
    private readonly recorded: Recorded,
  ) {
    this.#manifest = manifest;
  }

  /** Opens a run folder to go on writing; what a broken-off writer left half-written at the end of a file is cut off. */
  static async open(folder: string): Promise<RunWriter> {
    const manifest = await readManifest(folder);
    return onFile(folder, async () => {
      await cutTornLine(join(folder, fileNames.events));
      return new RunWriter(folder, manifest, await cutTornRecord(join(folder, fileNames.layers)));
    });
  }

  /** The manifest as last written. */
  get manifest(): RunManifest {
    return this.#manifest;
  }

  /** Replaces `run.json` in one go, so that a reader sees the old one or the new one. */
  async update(patch: Partial<RunManifest>): Promise<void> {
    await this.#inTurn(async () => {
      const manifest = runManifestSchema.parse({ ...this.#manifest, ...patch });
      await replaceFile(join(this.folder, fileNames.run), manifestText(manifest));
      this.#manifest = manifest;
    });
  }

  /** Appends an event. Throws an Error when it is not one of the format, such as a loss that is not a number. */
  async event(event: RunEvent): Promise<void> {
    const line = `${JSON.stringify(runEventSchema.parse(event))}\n`;
    await this.#inTurn(() => this.#append(fileNames.events, line));
  }

  /** Appends scores and masks of all layers and returns the record's number. The first record decides which layers there are. */
  async layers(record: PruningRecord): Promise<number> {
    return this.#inTurn(async () => {
      if (this.recorded.layers === null) {
        const layers = record.layers.map(({ name, mask }) => ({ name, filters: mask.length }));
        await this.#append(fileNames.layers, encodeLayersHeader(layers));
        this.recorded.layers = layers;
      }
      await this.#append(fileNames.layers, encodeLayersRecord(this.recorded.layers, record));
      return this.recorded.records++;
    });
  }

  /** Appends lines to `trainer.log`, with the time. */
  async log(text: string): Promise<void> {
    await this.#inTurn(() => this.#append(fileNames.log, `${new Date().toISOString()} ${text}\n`));
  }

  /** Waits until everything asked for before is written. */
  async close(): Promise<void> {
    await this.#last;
  }

  /** Appends all or nothing: after a failure, as on a full disk, what was written of it is cut off again. */
  async #append(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.folder, name);
    const file = await open(path, 'a');
    try {
      const { size } = await file.stat();
      await file.appendFile(content).catch(async (error: unknown) => {
        await file.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await file.close();
    }
  }

  /** One operation at a time: a failed one fails its own caller and does not hold up the next. */
  async #inTurn<Result>(operation: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => onFile(this.folder, operation));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

interface Recorded {
  /** Null before the first record. */
  layers: readonly PrunableLayer[] | null;
  records: number;
}

async function cutTornLine(path: string): Promise<void> {
  const bytes = await readIfThere(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await truncate(path, end);
}

/** A file with a damaged header is refused, not replaced: someone may want to save what it holds. */
async function cutTornRecord(path: string): Promise<Recorded> {
  const bytes = await readIfThere(path);
  const header = decodeLayersHeader(bytes, path);
  const { records, byteLength } = header
    ? decodeLayersRecords(header.layers, bytes.subarray(header.byteLength))
    : { records: [], byteLength: 0 };
  const end = (header?.byteLength ?? 0) + byteLength;
  if (end < bytes.length) await truncate(path, end);
  return { layers: header?.layers ?? null, records: records.length };
}

async function readIfThere(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return Buffer.of();
    throw error;
  });
}
