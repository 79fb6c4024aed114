import { UnpackedRecord } from '../../src/protocol/packed/packedRecords';
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
  const record = pruning?.record;
  if (!record) return null;
  if (record instanceof UnpackedRecord) return record.layer(layer);
  return record.layers.find(({ name }) => name === layer) ?? null;
}

/** The life of a filter up to a pruning (an index into `prunings`); null where that one's record can't be read. */
export function filterLife(
  prunings: readonly Pruning[],
  until: number,
  layer: string,
  filter: number,
): FilterLife | null {
  const now = layerRecord(prunings[until], layer);
  if (now === null || filter >= now.mask.length) return null;
  let [since, returns, seen] = [0, 0, 0];
  let wasKept: boolean | null = null;
  for (const pruning of prunings.slice(0, until + 1)) {
    const record = layerRecord(pruning, layer);
    if (record === null) continue;
    const isKept = record.mask[filter] === 1;
    if (isKept !== wasKept) since = pruning.event.epoch;
    if (isKept && wasKept === false) returns += 1;
    wasKept = isKept;
    seen += 1;
  }
  const score = now.scores[filter]!;
  return {
    kept: now.mask[filter] === 1,
    score,
    share: shareOf(score, largest(now.scores)),
    since,
    returns,
    complete: seen === until + 1,
  };
}

/**
 * A score's share of the largest one in its layer, 0 to 1. A score that is no number counts as nothing, an infinite one as the
 * largest.
 */
export function shareOf(score: number, most: number): number {
  if (score === Infinity) return 1;
  return score > 0 && most > 0 ? score / most : 0;
}

/** Filters that are kept now and were pruned at the pruning before; none at the first, and none where either can't be read. */
export function returnedFilters(prunings: readonly Pruning[], until: number, layer: string): number[] {
  const now = layerRecord(prunings[until], layer);
  const before = layerRecord(prunings[until - 1], layer);
  if (now === null || before === null) return [];
  const returned: number[] = [];
  for (const [filter, kept] of now.mask.entries()) if (kept === 1 && before.mask[filter] === 0) returned.push(filter);
  return returned;
}

/** The last pruning at or before an epoch; the newest when there is no epoch; -1 when there is none. */
export function pruningAt(prunings: readonly Pruning[], epoch: number | null): number {
  if (epoch === null) return prunings.length - 1;
  return prunings.findLastIndex(({ event }) => event.epoch <= epoch);
}

/** The largest finite score; 0 where none is above that. */
export function largest(scores: Float32Array): number {
  let most = 0;
  for (const score of scores) if (score > most && score < Infinity) most = score;
  return most;
}

/** When a pruning took place, counted in epochs of training that were done. */
export function momentOf(epoch: number): string {
  return epoch < 0 ? 'before training' : `after epoch ${epoch + 1}`;
}

export function keptFilters(mask: Uint8Array): number {
  let kept = 0;
  for (const bit of mask) kept += bit;
  return kept;
}
