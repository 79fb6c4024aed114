import { UserError } from '../../base/errors';
import { onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { readRegular } from '../../base/regularFile';
import type { LayerGraph } from '../../network/graph';
import { parseLayerGraph } from '../../network/graphSchema';

/** Limit for the description of a network; ten thousand layers take a few megabytes. */
const mostDescriptionBytes = 16 * 2 ** 20;

/** Reads the graph of a network, JSON. Throws a UserError, with the `remedy`, where the file holds none. */
export async function readNetworkFile(file: string, remedy: string): Promise<LayerGraph> {
  const text = await onFile(file, () => readRegular(file, mostDescriptionBytes, remedy));
  try {
    return parseLayerGraph(parseJson(new TextDecoder().decode(text)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file} describes no network: ${reason.replace(/\.$/, '')}; ${remedy}.`, { file, cause });
  }
}
