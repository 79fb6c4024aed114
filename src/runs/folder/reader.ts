import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { fileNames, runEventSchema, type RunEvent, type RunManifest } from '../model/format';
import { advance, emptyHistory, type NumberedRecord, type RunDelta, type RunHistory } from '../model/history';
import { decodeLayersHeader, decodeLayersRecords, type LayersHeader } from './layersFile';
import type { Certificate } from '../model/certificate';
import { compactFiles, readCertificate } from './compactFolder';
import { compactNames } from './compactNetwork';
import { FollowedFile } from './followedFile';
import { readManifest } from './manifest';
import { parseJson } from '../../base/parseJson';
import type { Sensitivity } from '../model/sensitivity';
import { readSensitivity } from './sensitivityFile';
import { readShown } from './status';

/**
 * Reads a run folder again and again while it grows, each time only what is new. What is not whole yet (the last line, the
 * last record) is left for the next time, lines that are no event are skipped, and files that are missing hold nothing yet.
 */
export class RunReader {
  #events = 0;
  #layers = 0;
  #records = 0;
  #header: LayersHeader | 'damaged' | null = null;
  readonly #certificate: FollowedFile<Certificate>;
  readonly #sensitivity: FollowedFile<Sensitivity>;

  private constructor(
    readonly folder: string,
    private manifest: RunManifest,
  ) {
    const file = join(folder, compactNames.folder, compactFiles.certificate);
    this.#certificate = new FollowedFile(file, () => readCertificate(folder));
    const measured = join(folder, fileNames.sensitivity);
    this.#sensitivity = new FollowedFile(measured, () => readSensitivity(measured));
  }

  /** Throws a UserError when the folder holds no run, or one that this version can't read. */
  static async open(folder: string): Promise<RunReader> {
    return new RunReader(folder, await readManifest(folder));
  }

  /** Everything since the last read; the first one gives all there is. Calls must not overlap. */
  async read(): Promise<RunDelta> {
    // The events are read last, so that those of an end that `run.json` tells of are among them.
    const { manifest, status } = await readShown(this.folder);
    this.manifest = manifest;
    // The writer writes a record before it tells of it, so all records that these events tell of are there to be read after them.
    const events = await this.#newEvents();
    const { records, warnings } = await this.#newRecords();
    const certificate = await this.#certificate.changed();
    const sensitivity = await this.#sensitivity.changed();
    return {
      id: this.manifest.id,
      manifest: this.manifest,
      status,
      events: [...events, ...warnings],
      records,
      ...(certificate !== undefined && { certificate }),
      ...(sensitivity !== undefined && { sensitivity }),
    };
  }

  async #newEvents(): Promise<RunEvent[]> {
    const bytes = await readFrom(join(this.folder, fileNames.events), this.#events);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#events += end;
    const lines = new TextDecoder().decode(bytes.subarray(0, end)).split('\n');
    return lines.flatMap((line) => runEventSchema.safeParse(parseJson(line)).data ?? []);
  }

  async #newRecords(): Promise<{ records: NumberedRecord[]; warnings: RunEvent[] }> {
    const file = join(this.folder, fileNames.layers);
    const bytes = this.#header === 'damaged' ? new Uint8Array() : await readFrom(file, this.#layers);
    try {
      return { records: this.#decodeRecords(bytes, file), warnings: [] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // The rest of the run can be shown without scores and masks.
      this.#header = 'damaged';
      return { records: [], warnings: [{ type: 'warning', time: new Date().toISOString(), message: error.message }] };
    }
  }

  #decodeRecords(bytes: Uint8Array, file: string): NumberedRecord[] {
    if (this.#header === 'damaged') return [];
    const isStart = this.#header === null;
    this.#header ??= decodeLayersHeader(bytes, file);
    if (this.#header === null) return [];
    const start = isStart ? this.#header.byteLength : 0;
    const { records, byteLength } = decodeLayersRecords(this.#header.layers, bytes.subarray(start));
    const first = this.#records;
    this.#layers += start + byteLength;
    this.#records += records.length;
    return records.map((record, index) => ({ number: first + index, record }));
  }
}

/** The whole of a run folder as it is now. */
export async function readHistory(folder: string): Promise<RunHistory> {
  const reader = await RunReader.open(folder);
  const delta = await reader.read();
  return advance(emptyHistory(delta.manifest, delta.status), delta);
}

/** The bytes of a file after the first `offset`; none when it is missing or has become shorter. */
async function readFrom(path: string, offset: number): Promise<Uint8Array> {
  return onFile(path, async () => {
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return new Uint8Array();
      throw error;
    }
    try {
      const { size } = await file.stat();
      const bytes = new Uint8Array(Math.max(0, size - offset));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  });
}
