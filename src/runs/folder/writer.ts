import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFile, syncFolder } from '../../base/durable';
import { errorCode, onFile } from '../../base/fileProblem';
import { openRegular, openRegularIfThere } from '../../base/regularFile';
import { visibleLines } from '../../base/visibleText';
import { replaceFile } from '../../base/replaceFile';
import {
  fileNames,
  runEventSchema,
  runManifestSchema,
  type PruningRecord,
  type RunEvent,
  type RunManifest,
} from '../model/format';
import { areSameLayers, layersOf } from '../model/recordedLayers';
import { manifestText } from './create';
import { encodeLayersHeader, encodeLayersRecord, type LayersHeader } from './layersFile';
import type { RunLock } from '../lock/runLock';
import { readManifest } from './manifest';
import { readWrittenEvents } from './writtenEvents';
import { positionOf, setAside, takeUpLayers, type WrittenLayers } from './writtenLayers';

/** What other files are appended to, such as the log, is for people. */
const promised: ReadonlySet<string> = new Set([fileNames.events, fileNames.layers]);

/**
 * Writes a run folder; the trainer has the only one at a time. Calls are carried out in the order in which they are made,
 * also when they are not awaited. A full disk or a lack of permission comes out as a UserError that names the folder.
 *
 * What is appended is on the disk when `keep` or `update` has returned, so that `run.json` never tells of what a power loss can
 * still take back.
 */
export class RunWriter {
  #manifest: RunManifest;
  #last: Promise<unknown> = Promise.resolve();
  /** Files that were appended to and not synced yet. */
  readonly #unsynced = new Set<string>();
  /** Whether one of them was made since the folder was synced. */
  #hasNewNames = false;
  #nextRecord: number;
  /** Of the `layers.bin` that was there; until the first record it is not known to be of this run's layers. */
  #found: LayersHeader | null;
  /** Of the one that is being written. */
  #header: LayersHeader | null = null;

  private constructor(
    readonly folder: string,
    manifest: RunManifest,
    { header, nextRecord }: WrittenLayers,
    private readonly lock: Pick<RunLock, 'assertHeld'> | null,
  ) {
    this.#manifest = manifest;
    this.#found = header;
    this.#nextRecord = nextRecord;
  }

  /**
   * Opens a run folder to go on writing. What a broken-off writer left half-written at the end of a file is cut off; what is
   * lost of `layers.bin` is told as a warning, once. With the lock of the run, every call throws a `LockLost`, and writes
   * nothing, once somebody else has it.
   */
  static async open(folder: string, lock: Pick<RunLock, 'assertHeld'> | null = null): Promise<RunWriter> {
    const manifest = await readManifest(folder);
    return onFile(folder, async () => {
      const written = await readWrittenEvents(join(folder, fileNames.events));
      await cutTornLine(join(folder, fileNames.events), written.byteLength);
      const layers = await takeUpLayers(join(folder, fileNames.layers), written);
      const writer = new RunWriter(folder, manifest, layers, lock);
      for (const problem of layers.problems) if (!written.warnings.has(problem)) await writer.#warn(problem);
      return writer;
    });
  }

  /** The manifest as last written. */
  get manifest(): RunManifest {
    return this.#manifest;
  }

  /**
   * Replaces `run.json` in one go, so that a reader sees the old one or the new one, when all that was written before is on the
   * disk; returns when it is there too.
   */
  async update(patch: Partial<RunManifest>): Promise<void> {
    await this.#inTurn(async () => {
      const manifest = runManifestSchema.parse({ ...this.#manifest, ...patch });
      await this.#sync();
      await replaceFile(join(this.folder, fileNames.run), manifestText(manifest));
      this.#manifest = manifest;
    });
  }

  /**
   * Returns when the events and records so far are on the disk. A `run.json` that somebody has deleted meanwhile is written
   * again, with a warning: without it the folder is no run.
   */
  async keep(): Promise<void> {
    await this.#inTurn(async () => {
      const isGone = await isMissing(join(this.folder, fileNames.run));
      if (isGone) await this.#warn(`${fileNames.run} had gone while the run was trained; it is written again.`);
      await this.#sync();
      if (isGone) await replaceFile(join(this.folder, fileNames.run), manifestText(this.#manifest));
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
      const header = (this.#header ??= await this.#layersHeader(record));
      const bytes = encodeLayersRecord(header.layers, record);
      await this.#lengthen(fileNames.layers, positionOf(this.#nextRecord, header));
      await this.#append(fileNames.layers, bytes);
      return this.#nextRecord++;
    });
  }

  /** Appends to a file that is no part of the format, such as one for TensorBoard: nothing is promised of it. */
  async beside(name: string, bytes: Uint8Array): Promise<void> {
    await this.#inTurn(() => this.#append(name, bytes));
  }

  /** Appends lines to `trainer.log`, with the time. All but the first are indented: a text cannot pass for another entry. */
  async log(text: string): Promise<void> {
    const entry = visibleLines(text).replaceAll('\n', '\n    ');
    await this.#inTurn(() => this.#append(fileNames.log, `${new Date().toISOString()} ${entry}\n`));
  }

  /** Waits until everything asked for before is written. */
  async close(): Promise<void> {
    await this.#last;
  }

  /** Appends all or nothing: after a failure, as on a full disk, what was written of it is cut off again. */
  async #append(name: string, content: string | Uint8Array): Promise<void> {
    const file = await openRegular(join(this.folder, name), 'append');
    try {
      const { size } = await file.stat();
      if (size === 0) this.#hasNewNames = true;
      if (promised.has(name)) this.#unsynced.add(name);
      await file.appendFile(content).catch(async (error: unknown) => {
        await file.truncate(size).catch(() => undefined);
        throw error;
      });
    } finally {
      await file.close();
    }
  }

  /** The header of `layers.bin`: the one that is there, or that of a new file, where there is none or it is of other layers. */
  async #layersHeader(record: PruningRecord): Promise<LayersHeader> {
    const layers = layersOf(record.layers);
    if (this.#found !== null && areSameLayers(this.#found.layers, layers)) return this.#found;
    if (this.#found !== null) {
      await this.#warn(`${await setAside(join(this.folder, fileNames.layers))} It was a record of other layers.`);
      this.#found = null;
    }
    const header = encodeLayersHeader(layers);
    await this.#append(fileNames.layers, header);
    return { layers, byteLength: header.length };
  }

  /** Fills a file with zeros up to a length: records that are lost keep their place, as damaged ones. */
  async #lengthen(name: string, length: number): Promise<void> {
    const file = await openRegular(join(this.folder, name), 'change');
    try {
      if ((await file.stat()).size < length) await file.truncate(length);
    } finally {
      await file.close();
    }
  }

  async #warn(message: string): Promise<void> {
    const event: RunEvent = { type: 'warning', time: new Date().toISOString(), message };
    await this.#append(fileNames.events, `${JSON.stringify(event)}\n`);
  }

  /** What fails here is told once: the system has given the bytes up, and does not fail again. */
  async #sync(): Promise<void> {
    const names = [...this.#unsynced];
    this.#unsynced.clear();
    for (const name of names) await syncFile(join(this.folder, name));
    if (this.#hasNewNames) await syncFolder(this.folder);
    this.#hasNewNames = false;
  }

  /** One operation at a time: a failed one fails its own caller and does not hold up the next. */
  async #inTurn<Result>(operation: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(async () => {
      await this.lock?.assertHeld();
      return onFile(this.folder, operation);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

async function cutTornLine(path: string, byteLength: number): Promise<void> {
  const file = await openRegularIfThere(path, 'change');
  try {
    if (file && (await file.stat()).size > byteLength) await file.truncate(byteLength);
  } finally {
    await file?.close();
  }
}

async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === 'ENOENT',
  );
}
