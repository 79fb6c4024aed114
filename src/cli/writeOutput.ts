import { rename, rm, writeFile } from 'node:fs/promises';
import { UserError } from '../base/errors';
import { errorCode, onFile } from '../base/fileProblem';

/**
 * Writes the file that the user named, whole or not at all. An existing file is replaced only with `force`; an existing
 * link is replaced itself, not the file that it points to.
 */
export async function writeOutput(path: string, bytes: Uint8Array, { force }: { force: boolean }): Promise<void> {
  const target = force ? `${path}.${process.pid}.partial` : path;
  await onFile(path, async () => {
    try {
      await writeFile(target, bytes, { flag: 'wx' });
      if (force) await rename(target, path);
    } catch (error) {
      const sentence = sentences[errorCode(error) ?? '']?.(path);
      // A file that was there before must not be deleted.
      if (errorCode(error) !== 'EEXIST') await rm(target, { force: true });
      throw sentence === undefined ? error : new UserError(sentence, { file: path, cause: error });
    }
  });
}

const folder = (path: string) => `${path} is a folder; name a file in it with --out.`;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  EEXIST: (path) => `${path} is there already; --force replaces it, --out names another file.`,
  ENOENT: (path) => `The folder of ${path} is not there; make it first, or name another file with --out.`,
  EISDIR: folder,
  ENOTEMPTY: folder,
};
