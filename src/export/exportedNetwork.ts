import { dataName } from '../config/dataName';
import { networkName } from '../config/networkName';
import type { LayerGraph } from '../network/graph';
import type { TensorMap } from '../formats/tensor';
import { requireEqual } from '../runs/folder/compactFolder';
import { readCompactNetwork } from '../runs/folder/compactNetwork';
import { readManifest } from '../runs/folder/manifest';
import { runNetwork } from '../runs/folder/runNetwork';
import type { RunManifest } from '../runs/model/format';
import { countFilters, exportedWeights, type FilterCount } from './exportedWeights';
import { inputForm, type Exportable } from './exportable';

/** The value of `--what` that stands for the compact network. */
export const compact = 'compact';

/** A network of a run that is to be exported. */
export interface ExportedNetwork extends Exportable {
  /** Folder name of the checkpoint, or `compact`; it becomes part of the default file name. */
  readonly name: string;
  /** When the checkpoint was taken; null for the compact network. */
  readonly moment: TrainingMoment | null;
  readonly filters: FilterCount;
}

/** When in training a checkpoint was taken. */
export interface TrainingMoment {
  readonly epoch: number;
  readonly step: number | null;
  readonly pruned: boolean;
}

export interface ExportOptions {
  /** Of SFP Lab. */
  readonly version: string;
  /** Also takes a compact network whose certificate does not show that it is the masked one. */
  readonly allowUnequal: boolean;
}

/**
 * A network of a run: `compact`, or the dense one with the weights that `what` names as `exportedWeights` has it. Throws a
 * UserError when it is not there, or damaged, or a compact one that is not proven to be the masked one.
 */
export async function exportedNetwork(
  runFolder: string,
  what: string,
  { version, allowUnequal }: ExportOptions,
): Promise<ExportedNetwork> {
  const manifest = await readManifest(runFolder);
  const { graph, dataset } = await runNetwork(runFolder, manifest);
  const found =
    what === compact ? await compactOf(runFolder, manifest, allowUnequal) : await checkpointOf(runFolder, what, graph);
  const title = `${found.graph.name}, ${found.title}, of the run ${manifest.id}`;
  const about = { title, version, input: inputForm(dataset), classes: dataset.classes, metadata: found.metadata };
  const { name, tensors, moment } = found;
  return { graph: found.graph, tensors, about, name, moment, filters: countFilters(tensors) };
}

interface Found {
  readonly graph: LayerGraph;
  readonly tensors: TensorMap;
  readonly name: string;
  readonly title: string;
  readonly moment: TrainingMoment | null;
  readonly metadata: Readonly<Record<string, string>>;
}

async function compactOf(runFolder: string, { id, name, config }: RunManifest, allowUnequal: boolean): Promise<Found> {
  const network = await readCompactNetwork(runFolder);
  if (!allowUnequal)
    await requireEqual(runFolder, `compact it again with \`sfp compact ${id}\`; --allow-unequal exports it as it is.`);
  const arch = networkName(config.model);
  const dataset = dataName(config.data);
  const metadata = { run: id, name, what: compact, arch, dataset, seed: String(config.training.seed) };
  return { ...network, name: compact, title: 'compact', moment: null, metadata };
}

async function checkpointOf(runFolder: string, what: string, graph: LayerGraph): Promise<Found> {
  const { tensors, metadata, checkpoint } = await exportedWeights(runFolder, what);
  const { epoch, step, pruned } = checkpoint.manifest!;
  const title = epoch < 0 ? 'as it was before training' : `checkpoint ${checkpoint.name}`;
  return { graph, tensors, name: checkpoint.name, title, moment: { epoch, step, pruned }, metadata };
}
