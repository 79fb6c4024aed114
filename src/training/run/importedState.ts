import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UserError } from '../../base/errors';
import { checkImport } from '../../engines/onnxruntime/importCheck';
import { networkPath, usable } from '../../experiment/foundNetworks';
import type { ResolvedRun } from '../../experiment/resolve';
import { readNetwork } from '../../network/import/readNetwork';
import { imageShape } from '../../network/shapes';
import type { NetworkState } from '../../network/state';
import type { Imported } from '../../runs/model/format';
import { fittingState, type WeightSources } from './startingWeights';

/**
 * The state that training starts from when the network comes from a file: its weights there, once the network that was read gives
 * the file's own logits in onnxruntime. Throws a UserError where it does not, or the file is no longer that of the run.
 */
export async function importedState(
  { config, graph }: ResolvedRun,
  { configFile }: WeightSources,
): Promise<{ readonly state: NetworkState; readonly imported: Imported }> {
  const file = networkPath(config.model, configFile === null ? '' : dirname(configFile));
  if (file === null) throw new Error('The config names no file for its network.');
  const read = await readNetwork(file.path, file.format, imageShape(graph));
  const { graph: found, tensors, onnx } = usable(read);
  if (!isDeepStrictEqual(found, graph))
    throw new UserError(
      `The network in ${file.path} is another one than when this run was made; start a new run with it.`,
      { file: file.path },
    );
  const equality = onnx && (await checkImport(onnx.document, { graph: found, tensors, file: onnx.file }));
  return {
    state: fittingState(graph, tensors, file.path),
    imported: { file: file.path, notes: read.notes.slice(0, 100), equality },
  };
}

/** A line of the log. */
export function importedLine({ file, equality, notes }: Imported): string {
  const found =
    equality === null
      ? 'it is not compared, because onnxruntime does not run such files.'
      : `its logits differ by at most ${equality.largestDifference} from the file's own in onnxruntime, in a range of ${equality.logitsRange}.`;
  return [`Network from ${file}: ${found}`, ...notes].join(' ');
}
