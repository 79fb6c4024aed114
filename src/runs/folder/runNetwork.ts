import { join } from 'node:path';
import { UserError } from '../../base/errors';
import { resolveRun, type ResolvedRun } from '../../experiment/resolve';
import type { LayerGraph, Shape } from '../../network/graph';
import { fileNames, type RunManifest } from '../model/format';
import { readNetworkFile } from './networkFile';
import { runDataset } from './ownData';

/**
 * A run with its data set and its network: that of its config, or for a narrow baseline the one in its folder. Throws a
 * UserError when that one is missing, damaged, or not for the images and classes of the data set.
 */
export async function runNetwork(folder: string, manifest: RunManifest): Promise<ResolvedRun> {
  const { config, baseline } = manifest;
  const resolved = resolveRun(config, runDataset(manifest));
  if (baseline?.kind !== 'narrow') return resolved;
  const file = join(folder, fileNames.network);
  const graph = await readNetworkFile(file, 'train the baseline again');
  const { shape, classes, title } = resolved.dataset;
  if (!fits(graph, shape, classes.length))
    throw new UserError(`${file} describes a network that is not for the images and classes of ${title}.`, { file });
  return { ...resolved, graph };
}

function fits({ layers }: LayerGraph, shape: Shape, classes: number): boolean {
  const input = layers.find((layer) => layer.kind === 'input')?.shape;
  const last = layers.at(-1);
  const sameImages = input?.channels === shape.channels && input.height === shape.height && input.width === shape.width;
  return sameImages && last?.kind === 'linear' && last.units === classes;
}
