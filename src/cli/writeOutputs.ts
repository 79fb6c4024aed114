import { lstat, mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { UserError } from '../base/errors';
import { errorCode, onFile } from '../base/fileProblem';

export interface Outputs {
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Folder of the files, which is made if it is missing; the folders above it are not. */
  readonly folder?: string | null;
}

/**
 * Writes the files that the user named, in their order: all of them or none, each whole. An existing file is replaced only with
 * `force`; links, folders and devices are never replaced, nor is what a link leads to.
 */
export async function writeOutputs({ files, folder = null }: Outputs, { force }: { force: boolean }): Promise<void> {
  for (const { path } of files) await requireFree(path, force);
  const made = folder !== null && (await makeFolder(folder));
  const fresh: string[] = [];
  try {
    for (const { path, bytes } of files) {
      const isNew = (await kindOf(path)) === 'nothing';
      await writeOutput(path, bytes, force);
      if (isNew) fresh.push(path);
    }
  } catch (error) {
    for (const path of fresh) await rm(path, { force: true });
    // The folder stays if another program has written into it meanwhile.
    if (made) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

async function requireFree(path: string, force: boolean): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'nothing' || (kind === 'file' && force)) return;
  const sentence = kind === 'file' ? sentences.EEXIST! : kind === 'folder' ? isFolder : isNoFile;
  throw new UserError(sentence(path), { file: path });
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder' | 'other'> {
  try {
    const found = await lstat(path);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    // A missing folder is reported when the file is written.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return 'nothing';
    throw error;
  }
}

/** Returns whether the folder had to be made. */
async function makeFolder(path: string): Promise<boolean> {
  return onFile(path, async () => {
    try {
      await mkdir(path);
      return true;
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EEXIST' && (await kindOf(path)) !== 'folder')
        throw new UserError(`${path} is no folder; name another one with --out.`, { file: path, cause: error });
      if (code === 'ENOENT') throw new UserError(sentences.ENOENT!(path), { file: path, cause: error });
      if (code !== 'EEXIST') throw error;
      return false;
    }
  });
}

async function writeOutput(path: string, bytes: Uint8Array, force: boolean): Promise<void> {
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

const isFolder = (path: string) => `${path} is a folder; name a file in it with --out.`;
const isNoFile = (path: string) => `${path} is no file that could be replaced; name another one with --out.`;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  EEXIST: (path) => `${path} is there already; --force replaces it, --out names another file.`,
  ENOENT: (path) => `The folder of ${path} is not there; make it first, or name another file with --out.`,
  EISDIR: isFolder,
  ENOTEMPTY: isFolder,
};
