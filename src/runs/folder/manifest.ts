import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { fileNames, formatVersion, runManifestSchema, type RunManifest } from '../model/format';
import { parseJson } from '../../base/parseJson';

/** Reads `run.json` of a run folder. Throws a UserError when there is none, or it is damaged or of another version. */
export async function readManifest(folder: string): Promise<RunManifest> {
  const file = join(folder, fileNames.run);
  const text = await onFile(file, () => readFile(file, 'utf8').catch(explainMissing(folder)));
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
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR')
      throw new UserError(`${folder} is not a run folder: it has no ${fileNames.run}.`, { file: folder, cause: error });
    throw error;
  };
}
