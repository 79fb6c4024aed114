import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCalledWith } from '../../base/processes';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { visibleText } from '../../base/visibleText';
import { fileNames } from '../model/format';
import { isHolderRunning, isParent, thisHolder, type Holder } from './holder';
import { LockFiles, type LockFile } from './lockFiles';

/** How often a holder gives a sign of life, and how long it may be silent. */
export interface LockPace {
  readonly beatMilliseconds: number;
  /**
   * A holder that cannot be looked up (another machine, another container) counts as dead after such a silence: longer than any
   * training step blocks the process, and than shared file systems keep old times.
   */
  readonly silenceMilliseconds: number;
  /** A lock that does not say who holds it is being made, which takes a moment, or was emptied by a power loss. */
  readonly makingMilliseconds: number;
  /** So long the silence is then watched before the lock is taken over, as the clocks of two machines may differ. */
  readonly watchMilliseconds: number;
}

/** Of those who take a lock at the same moment one has it at the first try; more are needed only where files come and go. */
const mostTries = 20;

export const usualPace: LockPace = {
  beatMilliseconds: 3_000,
  silenceMilliseconds: 90_000,
  makingMilliseconds: 5_000,
  watchMilliseconds: 10_000,
};

/** Another process has taken the run over, as after this one was suspended, or its folder is gone: nothing more may be written. */
export class LockLost extends UserError {
  override readonly name = 'LockLost';
}

/**
 * `none`: nobody has ever locked this run, as with older versions of SFP Lab. `free`: nobody holds the lock, or who holds it has
 * died. `held`: its holder lives; null while it is only just taking it.
 */
export type LockState = { readonly kind: 'none' | 'free' } | { readonly kind: 'held'; readonly holder: Holder | null };

/** Who may write to a run folder at present. */
export async function lockState(runFolder: string, pace = usualPace): Promise<LockState> {
  const newest = await onFile(runFolder, () => new LockFiles(runFolder).newest());
  return newest === null ? { kind: 'none' } : stateOf(runFolder, newest, await thisHolder(), pace);
}

/** A lock as somebody sees it who only looks. */
export interface LockSight {
  readonly number: number;
  /** Null where the lock does not say. */
  readonly holder: Holder | null;
  /** Whether nobody else gets the lock at present. */
  readonly isHeld: boolean;
  /** Whether the holder's process runs; `unsure` where it cannot be looked up. */
  readonly running: boolean | 'unsure';
  /** Milliseconds since the last sign of life, as far as clocks agree. */
  readonly silence: number;
}

/** The newest lock of a run; null when nobody has ever locked it. Throws a UserError when something else is in its place. */
export async function lookAtLock(runFolder: string, pace = usualPace): Promise<LockSight | null> {
  const newest = await onFile(runFolder, () => new LockFiles(runFolder).newest());
  if (newest === null) return null;
  const me = await thisHolder();
  const { number, holder, beat } = newest;
  return {
    number,
    holder,
    isHeld: (await stateOf(runFolder, newest, me, pace)).kind === 'held',
    running: holder === null ? 'unsure' : await isHolderRunning(holder, me),
    silence: Math.max(0, Date.now() - beat),
  };
}

async function stateOf(runFolder: string, file: LockFile, me: Holder, pace: LockPace): Promise<LockState> {
  const { holder } = file;
  if (holder?.released !== undefined) return { kind: 'free' };
  return (await isAlive(runFolder, file, me, pace)) ? { kind: 'held', holder } : { kind: 'free' };
}

/**
 * Whether a holder lives. One that runs here and is silent is suspended, and will go on; or this folder is a copy of the one that
 * it holds, which it was not called with.
 */
async function isAlive(runFolder: string, { holder, beat }: LockFile, me: Holder, pace: LockPace): Promise<boolean> {
  const running = holder === null ? 'unsure' : await isHolderRunning(holder, me);
  if (running === false) return false;
  const silence = holder === null ? pace.makingMilliseconds : pace.silenceMilliseconds;
  const isHeard = Math.abs(Date.now() - beat) < silence;
  return (
    isHeard || (running === true && holder !== null && (await isCalledWith(holder.pid, { path: runFolder })) !== false)
  );
}

/**
 * The right to write to a run folder, which one process has at a time. It gives a sign of life while it is held. Where
 * somebody else has taken it over all the same, because this process was suspended for long, `lost` is aborted.
 */
export class RunLock {
  readonly #lost = new AbortController();
  /** Aborted with a `LockLost` as its reason. */
  readonly lost = this.#lost.signal;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly runFolder: string,
    private readonly files: LockFiles,
    private readonly number: number,
    private readonly holder: Holder,
    pace: LockPace,
  ) {
    this.#timer = setInterval(() => void this.#beat(), pace.beatMilliseconds);
    this.#timer.unref();
  }

  /**
   * Takes the lock of a run: a free one, one whose holder has died, that of the process which started this one, or, for the
   * queue of the machine, one that is offered. Throws a UserError that names the holder when there is another one, or when the
   * folder cannot be written.
   */
  static async take(runFolder: string, pace = usualPace, takesOffers = false): Promise<RunLock> {
    const files = new LockFiles(runFolder);
    const me = await thisHolder();
    return onFile(runFolder, async () => {
      for (let attempt = 1; attempt <= mostTries; attempt++) {
        const newest = await files.newest();
        const isOffered = takesOffers && newest?.holder?.offered !== undefined;
        if (newest !== null && !isOffered) await refuseUnlessFree(runFolder, newest, me, pace);
        const number = (newest?.number ?? 0) + 1;
        // Who looked long ago may make a number that others have made and removed since: then there is a newer one.
        if ((await files.make(number, me)) && (await files.newestNumber()) === number) {
          await files.removeBefore(number);
          return new RunLock(runFolder, files, number, me, pace);
        }
      }
      throw new UserError(
        `${join(runFolder, fileNames.lock)} does not work as the lock of its run; when nobody trains it, delete that folder.`,
        { file: runFolder },
      );
    });
  }

  /** Whether nobody had locked the run before: what its `run.json` says of its trainer is then all there is. */
  get isFirst(): boolean {
    return this.number === 1;
  }

  /** To be called before anything is written to the run. Throws a `LockLost` when somebody else holds the lock now. */
  async assertHeld(): Promise<void> {
    this.lost.throwIfAborted();
    if ((await onFile(this.runFolder, () => this.files.newestNumber())) !== this.number) await this.#lose();
    this.lost.throwIfAborted();
  }

  /** Whether another process has taken the lock over, such as one that this process has started for that. */
  async isTakenOver(): Promise<boolean> {
    return this.lost.aborted || (await this.files.newestNumber()) !== this.number;
  }

  /** Lets the queue of the machine take the lock over; until it does so, it is held by this process. */
  async offer(): Promise<void> {
    await onFile(this.runFolder, () =>
      this.files.mark(this.number, { ...this.holder, offered: new Date().toISOString() }),
    );
  }

  /** Gives the lock back, if it is still held; a folder that is gone or cannot be written is no error. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    try {
      if (!(await this.isTakenOver()))
        await this.files.mark(this.number, { ...this.holder, released: new Date().toISOString() });
    } catch {
      // Others see that this process has ended.
    }
  }

  async #beat(): Promise<void> {
    try {
      await this.assertHeld();
      await this.files.touch(this.number);
    } catch {
      // A lost lock has been told; what fails for a moment is tried again.
    }
  }

  async #lose(): Promise<void> {
    clearInterval(this.#timer);
    const newest = await this.files.newest().catch(() => null);
    const run = basename(this.runFolder);
    const isThere = await access(this.runFolder).then(
      () => true,
      () => false,
    );
    const message = !isThere
      ? `${this.runFolder} is not there; it may have been moved or deleted.`
      : newest === null
        ? `The lock of the run ${run} was deleted while this process trained it; to be safe it writes nothing more to it. Resume the run.`
        : `The run ${run} was taken over by ${nameOf(newest.holder)} while this process was suspended, so this process writes nothing more to it.`;
    this.#lost.abort(new LockLost(message, { file: this.runFolder }));
  }
}

/** Takes the locks of several runs, or of none when one of them cannot be had; throws as `take` does. */
export async function takeLocks(
  runFolders: readonly string[],
  take = (folder: string): Promise<RunLock> => RunLock.take(folder),
): Promise<RunLock[]> {
  const locks: RunLock[] = [];
  try {
    for (const folder of runFolders) locks.push(await take(folder));
    return locks;
  } catch (error) {
    await releaseLocks(locks);
    throw error;
  }
}

export async function releaseLocks(locks: readonly RunLock[]): Promise<void> {
  await Promise.all(locks.map((lock) => lock.release()));
}

/** How messages name a holder, on one line whatever a lock from elsewhere says. */
export function nameOf(holder: Holder | null): string {
  return holder === null
    ? 'a process that is only just beginning'
    : `process ${holder.pid} on ${visibleText(holder.host)}`;
}

async function refuseUnlessFree(runFolder: string, newest: LockFile, me: Holder, pace: LockPace): Promise<void> {
  const { holder } = newest;
  if (holder !== null && isParent(holder, me)) return;
  const state = await stateOf(runFolder, newest, me, pace);
  const isHeld =
    state.kind === 'held' || (holder?.released === undefined && (await beatsAgain(runFolder, newest, me, pace)));
  if (isHeld)
    throw new UserError(
      `The run ${basename(runFolder)} is being trained already, by ${nameOf(holder)}; stop it there first.`,
      { file: runFolder },
    );
}

/** Whether a holder that cannot be looked up is heard of while one listens. */
async function beatsAgain(runFolder: string, { number, holder, beat }: LockFile, me: Holder, pace: LockPace) {
  if (holder !== null && (await isHolderRunning(holder, me)) === false) return false;
  await sleep(pace.watchMilliseconds);
  const newest = await new LockFiles(runFolder).newest();
  return newest?.number === number && newest.beat !== beat;
}
