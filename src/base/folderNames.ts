import { readdir } from 'node:fs/promises';
import { errorCode } from './fileProblem';

/** The names in a folder, in any order; none where it is missing. */
export async function folderNames(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
