import { dataName } from '../config/dataName';
import { networkName } from '../config/networkName';
import { UserError } from '../base/errors';
import type { TensorMap } from '../network/state';
import { readManifest } from '../runs/folder/manifest';
import { initialCheckpoint, readCheckpointWeights } from '../runs/checkpoints/checkpoints';
import { bestCheckpoint, wholeBestCheckpoint } from '../runs/checkpoints/bestCheckpoint';
import { orResume } from '../runs/checkpoints/lostCheckpoints';
import { keptCheckpoints, newestCheckpoint, type KeptCheckpoint } from '../runs/checkpoints/keptCheckpoints';

/** Weights of a run, to be taken elsewhere. */
export interface ExportedWeights {
  /** Parameters and running statistics by PyTorch's names and in its layouts: a state dict. */
  readonly tensors: TensorMap;
  /** For the header of the file. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly checkpoint: KeptCheckpoint;
  readonly filters: FilterCount;
}

/** Filters of all convolutions, and those whose weights are all exactly zero. */
export interface FilterCount {
  readonly all: number;
  readonly zero: number;
}

/**
 * The weights of a run that `what` names: `initial` (before training and pruning), `best` (what the run tests),
 * `masked` (the same: its pruned filters are exactly zero), `final` (the newest) or a checkpoint by its folder, `epoch-12`.
 * Throws a UserError when there is no such checkpoint, which lists those that are there, or when it is damaged.
 */
export async function exportedWeights(runFolder: string, what: string): Promise<ExportedWeights> {
  const { id, name, config, engine, versions } = await readManifest(runFolder);
  const kept = await keptCheckpoints(runFolder, config);
  const isBest = what === 'best' || what === 'masked';
  const checkpoint = isBest ? await orResume(id, () => wholeBestCheckpoint(kept, config)) : chosen(kept, what);
  if (checkpoint === undefined) throw new UserError(noSuchCheckpoint(id, kept, bestCheckpoint(kept, config), what));
  const read = () => readCheckpointWeights(checkpoint.folder);
  // The initial weights are not made again by a run that goes on.
  const tensors = checkpoint.name === initialCheckpoint ? await read() : await orResume(id, read);
  const { epoch, step, pruned } = checkpoint.manifest ?? {};
  const metadata = {
    // By this word readers of safetensors know PyTorch's names and layouts.
    format: 'pt',
    what,
    run: id,
    name,
    checkpoint: checkpoint.name,
    epoch: String(epoch),
    step: String(step ?? null),
    pruned: String(pruned),
    arch: networkName(config.model),
    dataset: dataName(config.data),
    seed: String(config.training.seed),
    ...(engine !== null && { engine: engine.name, device: engine.device }),
    versions: JSON.stringify({ ...versions, ...engine?.versions }),
  };
  return { tensors, metadata, checkpoint, filters: countFilters(tensors) };
}

function chosen(kept: readonly KeptCheckpoint[], what: string): KeptCheckpoint | undefined {
  if (what === 'final') return newestCheckpoint(kept);
  return kept.find(({ name }) => withoutZeros(name) === withoutZeros(what));
}

/** `epoch-12` is `epoch-0012`. */
function withoutZeros(name: string): string {
  return name.replace(/-0+(?=\d)/g, '-');
}

function noSuchCheckpoint(
  id: string,
  kept: readonly KeptCheckpoint[],
  best: KeptCheckpoint | undefined,
  what: string,
): string {
  if (kept.length === 0) return `${id} has no checkpoint; the first one is written when training begins.`;
  const names = kept.map(({ name }) => (name === best?.name ? `${name} (best)` : name));
  return `${id} has no checkpoint "${what}"; those that are there: ${names.join(', ')}.`;
}

/** Filters of all tensors [filters, inputs, height, width]. */
export function countFilters(tensors: TensorMap): FilterCount {
  const counts = { all: 0, zero: 0 };
  for (const { shape, data } of tensors.values()) {
    const [filters, ...inner] = shape;
    if (filters === undefined || inner.length !== 3) continue;
    const size = data.length / filters;
    counts.all += filters;
    for (let filter = 0; filter < filters; filter++)
      if (data.subarray(filter * size, (filter + 1) * size).every((value) => value === 0)) counts.zero += 1;
  }
  return counts;
}
