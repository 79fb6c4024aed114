import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { errorCode, onFile } from '../../base/fileProblem';
import { readRegular, refuseUnlessFolder } from '../../base/regularFile';
import { decodeSafetensors } from '../../formats/safetensors';
import { sizeOf, type TensorMap } from '../../formats/tensor';
import type { LayerGraph } from '../../network/graph';
import { parameterSpecs, statisticSpecs } from '../../network/parameters';
import { readNetworkFile } from './networkFile';

/** Names of the compact network's folder in a run folder, and of the files in it. */
export const compactNames = {
  folder: 'compact',
  network: 'network.json',
  weights: 'weights.safetensors',
} as const;

const remedy = 'compact the run again';
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
  const weightsFile = join(folder, compactNames.weights);
  const graph = await readCompactGraph(runFolder);
  const specs = [...parameterSpecs(graph), ...statisticSpecs(graph)];
  const valueBytes = 4 * specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const bytes = await onFile(weightsFile, () => readRegular(weightsFile, valueBytes + mostHeaderBytes, remedy));
  const tensors = decodeSafetensors(bytes, weightsFile);
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

/** Whether a run has a compact network, readable or not. */
export function hasCompactNetwork(runFolder: string): Promise<boolean> {
  return access(join(runFolder, compactNames.folder, compactNames.network)).then(
    () => true,
    () => false,
  );
}

/** The shape of a run's compact network alone. Throws a UserError when there is none, or when it is damaged. */
export async function readCompactGraph(runFolder: string): Promise<LayerGraph> {
  const folder = join(runFolder, compactNames.folder);
  await refuseUnlessFolder(folder);
  const file = join(folder, compactNames.network);
  return readNetworkFile(file, remedy).catch(explainMissing(runFolder));
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
