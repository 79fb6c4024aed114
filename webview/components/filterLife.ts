import type { LayerRecord } from '../../src/runs/model/format';
import type { Pruning } from '../../src/runs/model/history';

/** What has happened to one filter up to a pruning. */
export interface FilterLife {
  readonly kept: boolean;
  /** The criterion's score just before this pruning. */
  readonly score: number;
  /** Its share of the largest score in the layer, 0 to 1. */
  readonly share: number;
  /** Epoch of the pruning since which it is as it is; -1 is the pruning before the first epoch. */
  readonly since: number;
  /** How often it was pruned before and then kept. */
  readonly returns: number;
  /** Whether all prunings up to this one are recorded. If not, the filter may have changed more often than is seen. */
  readonly complete: boolean;
}

/** What is recorded of a layer at a pruning; null where the record can't be read. */
export function layerRecord(pruning: Pruning | undefined, layer: string): LayerRecord | null {
  return pruning?.record?.layers.find(({ name }) => name === layer) ?? null;
}

/** The life of a filter up to a pruning (an index into `prunings`); null where that one's record can't be read. */
export function filterLife(
  prunings: readonly Pruning[],
  until: number,
  layer: string,
  filter: number,
): FilterLife | null {
  const now = layerRecord(prunings[until], layer);
  if (now === null) return null;
  const seen = prunings.slice(0, until + 1).flatMap((pruning) => {
    const record = layerRecord(pruning, layer);
    return record ? [{ epoch: pruning.event.epoch, kept: record.mask[filter] === 1 }] : [];
  });
  const kept = now.mask[filter] === 1;
  const lastChange = seen.findLastIndex((each) => each.kept !== kept) + 1;
  const score = now.scores[filter]!;
  return {
    kept,
    score,
    share: score / (largest(now.scores) || 1),
    since: seen[lastChange]!.epoch,
    returns: seen.filter((each, index) => each.kept && seen[index - 1]?.kept === false).length,
    complete: seen.length === until + 1,
  };
}

/** Filters that are kept now and were pruned at the pruning before; none at the first, and none where either can't be read. */
export function returnedFilters(prunings: readonly Pruning[], until: number, layer: string): number[] {
  const now = layerRecord(prunings[until], layer);
  const before = layerRecord(prunings[until - 1], layer);
  if (now === null || before === null) return [];
  return [...now.mask.keys()].filter((filter) => now.mask[filter] === 1 && before.mask[filter] === 0);
}

/** The last pruning at or before an epoch; the newest when there is no epoch; -1 when there is none. */
export function pruningAt(prunings: readonly Pruning[], epoch: number | null): number {
  if (epoch === null) return prunings.length - 1;
  return prunings.findLastIndex(({ event }) => event.epoch <= epoch);
}

export function largest(scores: Float32Array): number {
  return scores.reduce((most, score) => (score > most ? score : most), 0);
}

/** When a pruning took place, counted in epochs of training that were done. */
export function momentOf(epoch: number): string {
  return epoch < 0 ? 'before training' : `after epoch ${epoch + 1}`;
}

export function keptFilters(mask: Uint8Array): number {
  return mask.reduce((sum, bit) => sum + bit, 0);
}
