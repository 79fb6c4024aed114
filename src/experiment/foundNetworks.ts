import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../base/errors';
import { networkFileOf, networkName } from '../config/networkName';
import type { RunConfig } from '../config/schema';
import type { DatasetInfo } from '../data/dataset';
import type { LayerGraph, Shape } from '../network/graph';
import type { NetworkFormat, ReadNetwork } from '../network/import/readNetwork';
import { problemInWords } from '../network/import/parts/importedNetwork';
import { imageShape, inferShapes } from '../network/shapes';
import { shapeInWords } from '../network/layers/shape';

type Model = RunConfig['model'];

/** What was found in the file that a config's network comes from: the network, or a sentence that says why it can't be used. */
export type FoundNetworks = (model: Model, dataset: DatasetInfo) => LayerGraph | string;

/** Of a network's file nobody has looked into. */
export const nothingRead: FoundNetworks = (model) => `Nobody has read ${networkName(model)} yet.`;

/** Reads the files of the networks that configs in a folder name, each once. */
export async function findNetworks(
  folder: string,
  runs: readonly { readonly model: Model; readonly dataset: DatasetInfo }[],
): Promise<FoundNetworks> {
  const found = new Map<string, LayerGraph | string>();
  for (const { model, dataset } of runs) {
    const key = keyOf(model, dataset);
    if (networkFileOf(model) !== null && !found.has(key)) found.set(key, await foundIn(folder, model, dataset));
  }
  return (model, dataset) => found.get(keyOf(model, dataset)) ?? nothingRead(model, dataset);
}

function keyOf(model: Model, { shape, classes }: DatasetInfo): string {
  return JSON.stringify([networkFileOf(model), shape, classes.length]);
}

async function foundIn(folder: string, model: Model, dataset: DatasetInfo): Promise<LayerGraph | string> {
  const file = networkPath(model, folder);
  if (file === null) return nothingRead(model, dataset);
  try {
    const graph = await graphOf(file.path, file.format, dataset.shape);
    return unfitReason(graph, dataset) ?? graph;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Where the file of a config's network is, for a config in `folder`; null for a network of the zoo. */
export function networkPath(model: Model, folder: string): { path: string; format: NetworkFormat } | null {
  const file = networkFileOf(model);
  return file && { path: isAbsolute(file.path) ? file.path : join(folder, file.path), format: file.format };
}

/** Editors ask at every key, and a file may have hundreds of megabytes. */
const known = new Map<string, LayerGraph>();
const mostKnown = 4;

async function graphOf(path: string, format: NetworkFormat, { height, width }: Shape): Promise<LayerGraph> {
  const { mtimeMs, size, ino } = await stat(path).catch(() => ({ mtimeMs: 0, size: 0, ino: 0 }));
  const key = JSON.stringify([path, format, height, width, mtimeMs, size, ino]);
  const before = known.get(key);
  if (before) return before;
  // Few configs name a file: whoever reads others, such as an editor that has just been started, goes without the readers.
  const { readNetwork } = await import('../network/import/readNetwork');
  const { graph } = usable(await readNetwork(path, format, { height, width }));
  if (known.size >= mostKnown) known.clear();
  known.set(key, graph);
  return graph;
}

/** The network that was read. Throws a UserError with the first problem where there are some. */
export function usable({ file, network, problems }: ReadNetwork): NonNullable<ReadNetwork['network']> {
  if (network) return network;
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const what = first ? problemInWords(first) : 'It holds no network.';
  throw new UserError(
    `${file} cannot be trained: ${what.replace(/\.$/, '')}${more}; "sfp import" tells all about it.`,
    {
      file,
    },
  );
}

/** Why a network is not for a data set, in a sentence; null where it is. */
export function unfitReason(graph: LayerGraph, { title, shape, classes }: DatasetInfo): string | null {
  const images = imageShape(graph);
  if (shapeInWords(images) !== shapeInWords(shape))
    return `${graph.name} reads images of ${shapeInWords(images)}, but those of ${title} are ${shapeInWords(shape)}: export it for such images, or choose others.`;
  const logits = inferShapes(graph).get(graph.layers.at(-1)!.name)!;
  const count = logits.channels * logits.height * logits.width;
  if (count === classes.length) return null;
  return `${graph.name} tells ${count} classes apart, but ${title} has ${classes.length}: put another last layer in its place and export it again.`;
}
