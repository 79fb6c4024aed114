import type { PruningRecord } from '../../src/runs/model/format';

/** What has happened to one filter up to a pruning. */
export interface FilterLife {
  readonly kept: boolean;
  /** The criterion's score just before this pruning. */
  readonly norm: number;
  /** Its share of the largest norm in the layer, 0 to 1. */
  readonly share: number;
  /** Epoch of the pruning since which it is as it is; -1 is the pruning before the first epoch. */
  readonly since: number;
  /** How often it was pruned before and then kept. */
  readonly returns: number;
}

/** The life of a filter up to record `until` (an index into `records`). */
export function filterLife(
  records: readonly PruningRecord[],
  until: number,
  layer: number,
  filter: number,
): FilterLife {
  const { norms, mask } = records[until]!.layers[layer]!;
  const kept = mask[filter] === 1;
  let since = until;
  while (since > 0 && isKept(records, since - 1, layer, filter) === kept) since--;
  let returns = 0;
  for (let index = 1; index <= until; index++)
    if (isKept(records, index, layer, filter) && !isKept(records, index - 1, layer, filter)) returns++;
  const norm = norms[filter]!;
  return { kept, norm, share: norm / (largest(norms) || 1), since: records[since]!.epoch, returns };
}

/** Filters that are kept now and were pruned at the pruning before; none at the first. */
export function returnedFilters(records: readonly PruningRecord[], until: number, layer: number): number[] {
  if (until < 1) return [];
  const { mask } = records[until]!.layers[layer]!;
  return [...mask.keys()].filter((filter) => mask[filter] === 1 && !isKept(records, until - 1, layer, filter));
}

/** The last record at or before an epoch; the newest when there is no epoch; -1 when there are no records. */
export function recordAt(records: readonly PruningRecord[], epoch: number | null): number {
  if (epoch === null) return records.length - 1;
  return records.findLastIndex((record) => record.epoch <= epoch);
}

export function largest(norms: Float32Array): number {
  return norms.reduce((most, norm) => (norm > most ? norm : most), 0);
}

/** When a pruning took place, counted in epochs of training that were done. */
export function momentOf(epoch: number): string {
  return epoch < 0 ? 'before training' : `after epoch ${epoch + 1}`;
}

function isKept(records: readonly PruningRecord[], record: number, layer: number, filter: number): boolean {
  return records[record]!.layers[layer]!.mask[filter] === 1;
}

export function keptFilters(mask: Uint8Array): number {
  return mask.reduce((sum, bit) => sum + bit, 0);
}
