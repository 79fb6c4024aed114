import { realpath } from 'node:fs/promises';
import { onFile } from '../base/fileProblem';
import { readRegular } from '../base/regularFile';

/** The largest weights that can be trained here have some hundred megabytes. */
const mostBytes = 2 ** 30;

/**
 * The bytes of a file of weights that a user or a config names. Links are followed, as large files are often kept elsewhere.
 * Throws a UserError when it is missing, is no regular file (a pipe would never end), or is longer than such a file can be.
 */
export async function readWeightsFile(path: string): Promise<Uint8Array> {
  return onFile(path, async () => readRegular(await realpath(path), mostBytes, 'choose a file of weights'));
}
