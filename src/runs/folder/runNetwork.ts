import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { networkFileOf } from '../../config/networkName';
import { unfitReason } from '../../experiment/foundNetworks';
import { resolveRun, type ResolvedRun } from '../../experiment/resolve';
import { fileNames, type RunManifest } from '../model/format';
import { readNetworkFile } from './networkFile';
import { runDataset } from './ownData';

/**
 * A run with its data set and its network: that of its config, or the one in its folder, for a narrow baseline and where the
 * config names a file for its network. Throws a UserError when that one is missing, damaged, or not for the images and classes
 * of the data set.
 */
export async function runNetwork(folder: string, manifest: RunManifest): Promise<ResolvedRun> {
  const { config, baseline } = manifest;
  const dataset = runDataset(manifest);
  const isImported = networkFileOf(config.model) !== null;
  if (baseline?.kind !== 'narrow' && !isImported) return resolveRun(config, dataset);
  const file = join(folder, fileNames.network);
  const graph = await readNetworkFile(file, baseline ? 'train the baseline again' : 'start a new run');
  if (unfitReason(graph, dataset) !== null)
    throw new UserError(`${file} describes a network that is not for the images and classes of ${dataset.title}.`, {
      file,
    });
  return resolveRun(config, dataset, graph);
}
