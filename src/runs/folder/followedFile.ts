import { UserError } from '../../base/errors';
import { fileMark } from './fileMark';

/** A file of a run that is written whole and may be replaced: it is read when it is another one than the last time. */
export class FollowedFile<Content> {
  #seen = '';

  constructor(
    private readonly path: string,
    private readonly readContent: () => Promise<Content | null>,
  ) {}

  /** What it holds now, null when it is not there or damaged; undefined when it is still the one that was read before. */
  async changed(): Promise<Content | null | undefined> {
    const { text } = await fileMark(this.path);
    if (text === this.#seen) return undefined;
    this.#seen = text;
    if (text === '') return null;
    return this.readContent().catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
  }
}
