import { stat } from 'node:fs/promises';
import { UserError } from '../../base/errors';
import { errorCode } from '../../base/fileProblem';

/** A file of a run that is written whole and may be replaced: it is read when it is another one than the last time. */
export class FollowedFile<Content> {
  #seen = '';

  constructor(
    private readonly path: string,
    private readonly readContent: () => Promise<Content | null>,
  ) {}

  /** What it holds now, null when it is not there or damaged; undefined when it is still the one that was read before. */
  async changed(): Promise<Content | null | undefined> {
    const mark = await this.#mark();
    if (mark === this.#seen) return undefined;
    this.#seen = mark;
    if (mark === '') return null;
    return this.readContent().catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
  }

  async #mark(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch (error) {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return '';
      throw error;
    }
  }
}
