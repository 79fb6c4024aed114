import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readLooked } from '../../base/regularFile';
import { fileNames, formatVersion, runManifestSchema, type RunManifest } from '../model/format';
import { fileMark, markOf, type FileMark } from './fileMark';

/** A config has a megabyte at most, and `run.json` holds it with its defaults and in longer lines. */
const mostBytes = 4 * 2 ** 20;

/** Reads `run.json` of a run folder. Throws a UserError when there is none, or it is damaged or of another version. */
export async function readManifest(folder: string): Promise<RunManifest> {
  return manifestOf((await readText(folder)).text, folder);
}

/** `run.json` of a run folder that is looked at again and again: it is read where it may have changed. */
export class FollowedManifest {
  #known: { readonly mark: string; readonly text: string; readonly manifest: RunManifest } | null = null;

  constructor(private readonly folder: string) {}

  /** As `readManifest`; the same object as before where the file is the same. */
  async read(): Promise<RunManifest> {
    if (this.#known !== null && (await this.#isUnchangedSince(this.#known.mark))) return this.#known.manifest;
    const { text, mark } = await readText(this.folder);
    const manifest = this.#known?.text === text ? this.#known.manifest : manifestOf(text, this.folder);
    // The text is needed only where the mark does not suffice.
    this.#known = mark.isSettled ? { mark: mark.text, text: '', manifest } : { mark: '', text, manifest };
    return manifest;
  }

  async #isUnchangedSince(known: string): Promise<boolean> {
    const mark = await fileMark(join(this.folder, fileNames.run));
    return mark.isSettled && mark.text === known;
  }
}

async function readText(folder: string): Promise<{ readonly text: string; readonly mark: FileMark }> {
  const file = join(folder, fileNames.run);
  const read = await readLooked(file, mostBytes, 'the run can’t be shown').catch(explainMissing(folder));
  return { text: read.bytes.toString(), mark: markOf(read.found) };
}

function manifestOf(text: string, folder: string): RunManifest {
  const file = join(folder, fileNames.run);
  const value = parseJson(text);
  const manifest = runManifestSchema.safeParse(value);
  if (manifest.success) return manifest.data;
  const version =
    typeof value === 'object' && value !== null && 'formatVersion' in value ? value.formatVersion : undefined;
  if (typeof version === 'number' && version !== formatVersion)
    throw new UserError(
      `${file} has format version ${version}; this version of SFP Lab reads version ${formatVersion}.`,
      {
        file,
      },
    );
  throw new UserError(`${file} is damaged; the run can’t be shown.`, { file, cause: manifest.error });
}

function explainMissing(folder: string) {
  return (error: unknown): never => {
    const code = errorCode(error instanceof UserError ? error.cause : error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new UserError(`${folder} is not a run folder: it has no ${fileNames.run}.`, { file: folder, cause: error });
    throw error;
  };
}
