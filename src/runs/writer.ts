import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { manifestText } from './create';
import { errorCode, onFile } from './fileProblem';
import {
  fileNames,
  runEventSchema,
  runManifestSchema,
  type PrunableLayer,
  type PruningRecord,
  type RunEvent,
  type RunManifest,
} from './format';
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
    private readonly files: { readonly events: FileHandle; readonly layers: FileHandle; readonly log: FileHandle },
    private readonly recorded: { layers: readonly PrunableLayer[] | null; records: number },
  ) {
    this.#manifest = manifest;
  }

  /** Opens a run folder to go on writing; what a broken-off writer left half-written at the end of a file is cut off. */
  static async open(folder: string): Promise<RunWriter> {
    const manifest = await readManifest(folder);
    return onFile(folder, async () => {
      const events = await open(join(folder, fileNames.events), 'a+');
      const layers = await open(join(folder, fileNames.layers), 'a+');
      const log = await open(join(folder, fileNames.log), 'a');
      await cutTornLine(events);
      const recorded = await cutTornRecord(layers, join(folder, fileNames.layers));
      return new RunWriter(folder, manifest, { events, layers, log }, recorded);
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
    await this.#inTurn(() => this.files.events.appendFile(line));
  }

  /** Appends norms and masks of all layers and returns the record's number. The first record decides which layers there are. */
  async layers(record: PruningRecord): Promise<number> {
    return this.#inTurn(async () => {
      if (this.recorded.layers === null) {
        const layers = record.layers.map(({ name, mask }) => ({ name, filters: mask.length }));
        await this.files.layers.appendFile(encodeLayersHeader(layers));
        this.recorded.layers = layers;
      }
      await this.files.layers.appendFile(encodeLayersRecord(this.recorded.layers, record));
      return this.recorded.records++;
    });
  }

  /** Appends lines to `trainer.log`, with the time. */
  async log(text: string): Promise<void> {
    await this.#inTurn(() => this.files.log.appendFile(`${new Date().toISOString()} ${text}\n`));
  }

  /** Ends writing, after everything asked for before. */
  async close(): Promise<void> {
    await this.#inTurn(async () => {
      for (const file of Object.values(this.files)) await file.close();
    });
  }

  /** One operation at a time: a failed one fails its own caller and does not hold up the next. */
  async #inTurn<Result>(operation: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => onFile(this.folder, operation));
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function cutTornLine(events: FileHandle): Promise<void> {
  const bytes = await events.readFile();
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) await events.truncate(end);
}

/** A file with a damaged header is refused, not replaced: someone may want to save what it holds. */
async function cutTornRecord(
  file: FileHandle,
  fileName: string,
): Promise<{ layers: readonly PrunableLayer[] | null; records: number }> {
  const bytes = await file.readFile();
  const header = decodeLayersHeader(bytes, fileName);
  if (header === null) {
    await file.truncate(0);
    return { layers: null, records: 0 };
  }
  const { records, byteLength } = decodeLayersRecords(header.layers, bytes.subarray(header.byteLength));
  const end = header.byteLength + byteLength;
  if (end < bytes.length) await file.truncate(end);
  return { layers: header.layers, records: records.length };
}

/** Windows refuses to replace a file in the moments in which a reader or a virus scanner has it open. */
async function replaceFile(path: string, text: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFileAtomic(path, text);
      return;
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (!held || attempt === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt));
    }
  }
}
