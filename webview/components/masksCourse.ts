import { UnpackedRecord } from '../../src/protocol/packed/packedRecords';
import type { PruningRecord } from '../../src/runs/model/format';
import type { Pruning } from '../../src/runs/model/history';
import { changeOfMasks, stableSince, type MaskChange } from '../../src/runs/model/maskHistory';

/** How the masks of a run went, of all layers together. */
export interface MasksCourse {
  /** Of each pruning but the first, the step from the one before; null where either record can't be read. */
  readonly steps: readonly { readonly epoch: number; readonly network: MaskChange | null }[];
  /** Epoch of the pruning from which on no mask changes; null while they still change, and where that can't be told. */
  readonly stableSince: number | null;
}

const known = new WeakMap<readonly Pruning[], MasksCourse>();

/** The change to a record, and from which one: found once, as a long run's take longer than a frame. */
const changes = new WeakMap<PruningRecord, { readonly before: PruningRecord; readonly change: MaskChange }>();

export function masksCourse(prunings: readonly Pruning[]): MasksCourse {
  const found = known.get(prunings) ?? courseOf(prunings);
  known.set(prunings, found);
  return found;
}

function courseOf(prunings: readonly Pruning[]): MasksCourse {
  const steps = prunings.slice(1).map(({ event, record }, index) => {
    const before = prunings[index]!.record;
    return { epoch: event.epoch, network: before && record ? changeTo(record, before) : null };
  });
  const epochs = prunings.map(({ event }) => event.epoch);
  return {
    steps,
    stableSince: stableSince(
      epochs,
      steps.map(({ network }) => network),
    ),
  };
}

function changeTo(record: PruningRecord, before: PruningRecord): MaskChange {
  const found = changes.get(record);
  if (found?.before === before) return found.change;
  const change = changeOfMasks(pairsOf(before, record));
  changes.set(record, { before, change });
  return change;
}

/** All records of a run have the same layers: unpacked ones have all their masks in one. */
function pairsOf(before: PruningRecord, now: PruningRecord): (readonly [Uint8Array, Uint8Array])[] {
  if (before instanceof UnpackedRecord && now instanceof UnpackedRecord) return [[before.mask, now.mask]];
  return now.layers.map(({ mask }, index) => [before.layers[index]?.mask ?? new Uint8Array(), mask]);
}
