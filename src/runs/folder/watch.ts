import { watch, type FSWatcher } from 'node:fs';
import { UserError } from '../../base/errors';
import type { RunDelta } from '../model/history';
import { RunReader } from './reader';

const pollMilliseconds = 1000;

/**
 * Follows a run folder until it is disposed of: calls `onDelta` with all there is, and again whenever something is new. The file
 * system's notices make it quick; a look every second makes it sure, as shared file systems send none. While the folder can't
 * be read `onProblem` is told, once for each problem, and looking goes on.
 */
export function watchRun(
  folder: string,
  onDelta: (delta: RunDelta) => void,
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
  #told: string | null = null;

  constructor(
    private readonly folder: string,
    private readonly onDelta: (delta: RunDelta) => void,
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
      await this.#readOnce();
    }
    this.#asked = 0;
  }

  async #readOnce(): Promise<void> {
    try {
      this.#reader ??= await RunReader.open(this.folder);
      const delta = await this.#reader.read();
      if (!this.#disposed && this.#isNews(delta)) this.onDelta(delta);
    } catch (error) {
      const problem = error instanceof UserError ? error : new UserError(String(error), { cause: error });
      if (!this.#disposed && this.#told !== problem.message) this.onProblem(problem);
      this.#told = problem.message;
    }
  }

  #isNews(delta: RunDelta): boolean {
    const state = JSON.stringify([delta.status, delta.manifest]);
    const gained = delta.events.length + delta.records.length;
    const isNews =
      state !== this.#told || gained > 0 || delta.certificate !== undefined || delta.sensitivity !== undefined;
    this.#told = state;
    return isNews;
  }
}
