import { join } from 'node:path';
import { UserError } from '../../base/errors';
import type { Certificate } from '../model/certificate';
import { fileNames, type RunEvent, type RunManifest } from '../model/format';
import {
  advance,
  emptyHistory,
  type NumberedRecord,
  type RunDelta,
  type RunHistory,
  type ShownStatus,
} from '../model/history';
import type { Sensitivity } from '../model/sensitivity';
import { compactFiles, readCertificate } from './compactFolder';
import { compactNames } from './compactNetwork';
import { FollowedEvents } from './followedEvents';
import { FollowedFile } from './followedFile';
import { FollowedRecords } from './followedRecords';
import { FollowedManifest } from './manifest';
import { readSensitivity } from './sensitivityFile';
import { readShown } from './status';

/**
 * Reads a run folder again and again while it grows, each time only what is new, and a bounded part of that. What is not whole
 * yet (the last line, the last record) is left for the next time, lines that are no event are skipped, and files that are missing
 * hold nothing yet.
 */
export class RunReader {
  readonly #manifest: FollowedManifest;
  readonly #events: FollowedEvents;
  readonly #records: FollowedRecords;
  readonly #certificate: FollowedFile<Certificate>;
  readonly #sensitivity: FollowedFile<Sensitivity>;
  #told: { readonly manifest: RunManifest; readonly status: ShownStatus } | null = null;

  private constructor(readonly folder: string) {
    this.#manifest = new FollowedManifest(folder);
    this.#events = new FollowedEvents(join(folder, fileNames.events));
    this.#records = new FollowedRecords(join(folder, fileNames.layers));
    const certificate = join(folder, compactNames.folder, compactFiles.certificate);
    this.#certificate = new FollowedFile(certificate, () => readCertificate(folder));
    const sensitivity = join(folder, fileNames.sensitivity);
    this.#sensitivity = new FollowedFile(sensitivity, () => readSensitivity(sensitivity));
  }

  /** Throws a UserError when the folder holds no run, or one that this version can't read. */
  static async open(folder: string): Promise<RunReader> {
    const reader = new RunReader(folder);
    await reader.#manifest.read();
    return reader;
  }

  /** Whether the last read ended at its bound, not at the end of what is there: the next one goes on at once. */
  get hasMore(): boolean {
    return this.#events.hasMore || this.#records.hasMore;
  }

  /**
   * What has come since the last read; the first one begins with the first event. As long as `hasMore`, manifest and status are
   * those of before, so that nobody hears of an end before the events that led to it. Calls must not overlap.
   */
  async read(): Promise<RunDelta> {
    return this.#delta(async (events) => {
      // The writer writes a record before it tells of it; records must not run ahead of events that are still to be read.
      const newest = events.findLast((event) => event.type === 'pruned')?.record ?? -1;
      return this.#records.read(this.#events.hasMore ? newest : Infinity);
    });
  }

  /** As `read`, without records. */
  async readEvents(): Promise<RunDelta> {
    return this.#delta(() => Promise.resolve([]));
  }

  /** One record of layers.bin; none where it is not there or the file is damaged. */
  async readRecord(number: number): Promise<NumberedRecord[]> {
    return (await this.#orWarning(() => this.#records.readOne(number))).records;
  }

  async #delta(recordsFor: (events: readonly RunEvent[]) => Promise<NumberedRecord[]>): Promise<RunDelta> {
    // The events are read last, so that those of an end that `run.json` tells of are among them.
    const shown = await readShown(this.folder, () => this.#manifest.read());
    const events = await this.#events.read();
    const { records, warnings } = await this.#orWarning(() => recordsFor(events));
    const certificate = await this.#certificate.changed();
    const sensitivity = await this.#sensitivity.changed();
    this.#told = (this.hasMore ? this.#told : null) ?? shown;
    const { manifest, status } = this.#told;
    return {
      id: manifest.id,
      manifest,
      status,
      events: [...events, ...warnings],
      records,
      ...(certificate !== undefined && { certificate }),
      ...(sensitivity !== undefined && { sensitivity }),
    };
  }

  /** Without scores and masks the rest of the run can be shown all the same. */
  async #orWarning(
    read: () => Promise<NumberedRecord[]>,
  ): Promise<{ records: NumberedRecord[]; warnings: RunEvent[] }> {
    try {
      return { records: await read(), warnings: [] };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { records: [], warnings: [{ type: 'warning', time: new Date().toISOString(), message: error.message }] };
    }
  }
}

/** The whole of a run folder as it is now. */
export async function readHistory(folder: string): Promise<RunHistory> {
  const reader = await RunReader.open(folder);
  return toTheEnd(reader, () => reader.read());
}

/** The same, but of the scores and masks only those of the newest pruning: what tables of many runs need. */
export async function readOutline(folder: string): Promise<RunHistory> {
  const reader = await RunReader.open(folder);
  const told = await toTheEnd(reader, () => reader.readEvents());
  const newest = told.prunings.at(-1);
  if (newest === undefined) return told;
  const { manifest, status } = told;
  const records = await reader.readRecord(newest.event.record);
  return advance(told, { id: manifest.id, manifest, status, events: [], records });
}

async function toTheEnd(reader: RunReader, read: () => Promise<RunDelta>): Promise<RunHistory> {
  let delta = await read();
  let history = advance(emptyHistory(delta.manifest, delta.status), delta);
  while (reader.hasMore) {
    delta = await read();
    history = advance(history, delta);
  }
  return history;
}
