import { lutimes, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDurably, syncFolder, syncParent } from '../../base/durable';
import { errorCode, onFile } from '../../base/fileProblem';
import { folderNames } from '../../base/folderNames';
import { parseJson } from '../../base/parseJson';
import { openRegular, refuseUnlessFolder } from '../../base/regularFile';
import { replaceFile } from '../../base/replaceFile';
import { fileNames } from '../model/format';
import { holderSchema, type Holder } from './holder';

/** Larger is no file of ours. */
const mostBytes = 10_000;

/** Numbers have nine digits at most; who takes a lock needs a higher one than the newest. */
export const highestNumber = 999_999_999;

/** What is known of a lock from its file. */
export interface LockFile {
  readonly number: number;
  /** Null while it is being written, or when it is damaged. */
  readonly holder: Holder | null;
  /** When the holder last gave a sign of life, milliseconds since 1970 by the clock of its machine. */
  readonly beat: number;
}

/**
 * The files in `trainer.lock`: one for each time that the lock was taken, numbered upwards. The newest decides. A number is used
 * once and its file is made exclusively, so that of all who take the lock at the same moment one succeeds, also where they take
 * it from a holder that died; the newest is never deleted, so that no number comes again.
 */
export class LockFiles {
  readonly #folder: string;

  constructor(runFolder: string) {
    this.#folder = join(runFolder, fileNames.lock);
  }

  /** The newest; null when nobody has ever locked this run. Throws a UserError when something else is in its place. */
  async newest(): Promise<LockFile | null> {
    const number = await this.newestNumber();
    return number === 0 ? null : this.#read(number);
  }

  /** 0 when there is none. */
  async newestNumber(): Promise<number> {
    // A folder may hold more names than a call may have arguments.
    return (await this.#numbers()).reduce((newest, number) => Math.max(newest, number), 0);
  }

  /** Makes a file of this number, and returns when a power loss does not empty it any more; false when somebody else has done so. */
  async make(number: number, holder: Holder): Promise<boolean> {
    await refuseUnlessFolder(this.#folder);
    try {
      await this.#makeFolder();
      await createDurably(this.#path(number), JSON.stringify(holder));
      await syncFolder(this.#folder);
      return true;
    } catch (error) {
      if (error instanceof Error && errorCode(error.cause) === 'EEXIST') return false;
      throw error;
    }
  }

  /** Gives a sign of life. */
  async touch(number: number): Promise<void> {
    const now = new Date();
    await lutimes(this.#path(number), now, now);
  }

  /** Tells that the holder gives the lock back, or offers it. */
  async mark(number: number, holder: Holder): Promise<void> {
    await replaceFile(this.#path(number), JSON.stringify(holder));
  }

  async remove(number: number): Promise<void> {
    await rm(this.#path(number), { force: true });
  }

  async removeBefore(number: number): Promise<void> {
    for (const older of await this.#numbers()) if (older < number) await this.remove(older);
  }

  async #read(number: number): Promise<LockFile | null> {
    try {
      // An opened file has its newest times on shared file systems too.
      const file = await openRegular(this.#path(number), 'read');
      try {
        const { size, mtimeMs } = await file.stat();
        const text = size > mostBytes ? '' : await file.readFile('utf8');
        return { number, holder: holderSchema.safeParse(parseJson(text)).data ?? null, beat: mtimeMs };
      } finally {
        await file.close();
      }
    } catch (error) {
      // Somebody took the lock meanwhile and removed the older one.
      if (errorCode(error) === 'ENOENT') return this.newest();
      throw error;
    }
  }

  async #numbers(): Promise<number[]> {
    const names = await onFile(this.#folder, () => folderNames(this.#folder)).catch(async (error: unknown) => {
      await refuseUnlessFolder(this.#folder);
      throw error;
    });
    // Where a link leads is not looked into any further.
    if (names.length > 0) await refuseUnlessFolder(this.#folder);
    return names.filter((name) => /^[1-9]\d{0,8}$/.test(name)).map(Number);
  }

  /** Not the run folder with it: a run that was deleted does not come back. */
  async #makeFolder(): Promise<void> {
    try {
      await mkdir(this.#folder);
      await syncParent(this.#folder);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }

  #path(number: number): string {
    return join(this.#folder, String(number));
  }
}
