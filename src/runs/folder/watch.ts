import { watch, type FSWatcher } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../base/errors';
import { Turns } from '../../base/turns';
import type { RunDelta } from '../model/history';
import { RunReader } from './reader';

const pollMilliseconds = 1000;

/** However many runs are followed, few are read at a time, so that everything else has its turn between the pieces of them. */
const readings = new Turns(2);

/** Called with what a run has gained; `isUpToDate` is false while more is being read at once. */
export type OnDelta = (delta: RunDelta, isUpToDate: boolean) => void;

/**
 * Follows a run folder until it is disposed of: calls `onDelta` with all there is, a long run in parts, and again whenever
 * something is new. The file system's notices make it quick; a look every second makes it sure, as shared file systems send none.
 * While the folder can't be read `onProblem` is told, once for each problem, and looking goes on.
 */
export function watchRun(
  folder: string,
  onDelta: OnDelta,
  onProblem: (problem: UserError) => void = () => undefined,
): { dispose(): void } {
  const watcher = new RunWatcher(folder, onDelta, onProblem);
  watcher.start();
  return watcher;
}

class RunWatcher {
  #reader: RunReader | null = null;
  #notices: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #disposed = false;
  #asked = 0;
  /** What was last told beside events and records; changes of it are news too. */
  #told: Pick<RunDelta, 'manifest' | 'status'> | null = null;
  /** More was to be read when that was told. */
  #isBehind = false;
  #problem: string | null = null;

  constructor(
    private readonly folder: string,
    private readonly onDelta: OnDelta,
    private readonly onProblem: (problem: UserError) => void,
  ) {}

  start(): void {
    this.#listen();
    this.#timer = setInterval(() => void this.#look(), pollMilliseconds);
    void this.#look();
  }

  dispose(): void {
    this.#disposed = true;
    this.#notices?.close();
    if (this.#timer) clearInterval(this.#timer);
  }

  /** Without notices (too many watched folders, a file system that has none) the look every second is enough. */
  #listen(): void {
    try {
      this.#notices = watch(this.folder, { persistent: false }, () => void this.#look());
      this.#notices.on('error', () => {
        this.#notices?.close();
      });
    } catch {
      this.#notices = null;
    }
  }

  /** Reads must not overlap: however many looks are asked for during one, one more follows. */
  async #look(): Promise<void> {
    if (this.#asked++ > 0) return;
    let served = 0;
    while (served < this.#asked && !this.#disposed) {
      served = this.#asked;
      // It may have been disposed of while others had their turn.
      await readings.run(async () => {
        if (!this.#disposed) await this.#readOnce();
      });
      if (this.#reader?.hasMore) this.#asked += 1;
      await setImmediate();
    }
    this.#asked = 0;
  }

  async #readOnce(): Promise<void> {
    try {
      this.#reader ??= await RunReader.open(this.folder);
      const delta = await this.#reader.read();
      this.#problem = null;
      if (!this.#disposed && this.#isNews(delta, this.#reader.hasMore)) this.onDelta(delta, !this.#isBehind);
    } catch (error) {
      const problem = error instanceof UserError ? error : new UserError(String(error), { cause: error });
      if (!this.#disposed && this.#problem !== problem.message) this.onProblem(problem);
      this.#problem = problem.message;
      // That it can be read again will be news.
      this.#told = null;
    }
  }

  #isNews({ manifest, status, events, records, certificate, sensitivity }: RunDelta, isBehind: boolean): boolean {
    const isOther = manifest !== this.#told?.manifest || status !== this.#told.status || isBehind !== this.#isBehind;
    this.#told = { manifest, status };
    this.#isBehind = isBehind;
    const gained = events.length + records.length > 0 || certificate !== undefined || sensitivity !== undefined;
    return isOther || gained;
  }
}
