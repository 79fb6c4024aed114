import { readFile, stat } from 'node:fs/promises';
import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import type { LayerGraph } from '../../network/graph';
import { parseLayerGraph } from '../../network/graphSchema';

/** Limit for the description of a network; ten thousand layers take a few megabytes. */
const mostDescriptionBytes = 64 * 2 ** 20;

/** Reads the graph of a network, JSON. Throws a UserError, with the `remedy`, where the file holds none. */
export async function readNetworkFile(file: string, remedy: string): Promise<LayerGraph> {
  const text = await readBounded(file, mostDescriptionBytes, remedy);
  try {
    return parseLayerGraph(parseJson(new TextDecoder().decode(text)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file} describes no network: ${reason.replace(/\.$/, '')}; ${remedy}.`, { file, cause });
  }
}

/** The bytes of a file that may have at most so many; no memory is taken for a longer one. */
export async function readBounded(path: string, most: number, remedy: string): Promise<Uint8Array> {
  return onFile(path, async () => {
    const { size } = await stat(path);
    if (size > most) throw new UserError(`${path} is larger than such a file can be; ${remedy}.`, { file: path });
    return readFile(path);
  });
}
