import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { parseJson } from '../../base/parseJson';
import { decodeSafetensors } from '../../formats/safetensors';
import { sizeOf, type TensorMap } from '../../formats/tensor';
import type { LayerGraph } from '../../network/graph';
import { parseLayerGraph } from '../../network/graphSchema';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';

/** Names of the compact network's folder in a run folder, and of the files in it. */
export const compactNames = {
  folder: 'compact',
  network: 'network.json',
  weights: 'weights.safetensors',
} as const;

/** Limit for network.json; ten thousand layers take a few megabytes. */
const mostDescriptionBytes = 64 * 2 ** 20;
/** Limit for the part of a safetensors file that holds names and shapes. */
const mostHeaderBytes = 16 * 2 ** 20;

export interface CompactNetwork {
  readonly graph: LayerGraph;
  /** Parameters and running statistics. */
  readonly tensors: TensorMap;
}

/**
 * Reads the compact network of a run. Throws a UserError when there is none, or when description and weights are damaged or do
 * not fit each other; no more memory is taken than the files are long.
 */
export async function readCompactNetwork(runFolder: string): Promise<CompactNetwork> {
  const folder = join(runFolder, compactNames.folder);
  const networkFile = join(folder, compactNames.network);
  const weightsFile = join(folder, compactNames.weights);
  const text = await readBounded(networkFile, mostDescriptionBytes).catch(explainMissing(runFolder));
  const graph = graphOf(parseJson(new TextDecoder().decode(text)), networkFile);
  const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
  const valueBytes = 4 * specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const tensors = decodeSafetensors(await readBounded(weightsFile, valueBytes + mostHeaderBytes), weightsFile);
  for (const { name, shape } of specs) {
    const found = tensors.get(name);
    if (found?.shape.join() !== shape.join())
      throw new UserError(
        `${weightsFile} does not fit ${compactNames.network}: "${name}" must be [${shape.join(', ')}]${found ? `, not [${found.shape.join(', ')}]` : ' and is missing'}; compact the run again.`,
        { file: weightsFile },
      );
  }
  return { graph, tensors: new Map(specs.map(({ name }) => [name, tensors.get(name)!])) };
}

function graphOf(value: unknown, file: string): LayerGraph {
  try {
    return parseLayerGraph(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${file} describes no network: ${reason.replace(/\.$/, '')}; compact the run again.`, {
      file,
      cause,
    });
  }
}

async function readBounded(path: string, most: number): Promise<Uint8Array> {
  return onFile(path, async () => {
    const { size } = await stat(path);
    if (size > most)
      throw new UserError(`${path} is larger than such a file can be; compact the run again.`, { file: path });
    return readFile(path);
  });
}

function explainMissing(runFolder: string) {
  return (error: unknown): never => {
    const code = errorCode(error instanceof UserError ? error.cause : error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new UserError(`${runFolder} has no compact network yet; \`sfp compact\` makes it from a finished run.`, {
      file: runFolder,
      cause: error,
    });
  };
}
