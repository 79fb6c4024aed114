import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../base/fileProblem';

/** The folder, or where it is not there yet the nearest one above it. */
export async function nearestFolder(folder: string): Promise<string> {
  try {
    await stat(folder);
    return folder;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return nearestFolder(dirname(folder));
  }
}
