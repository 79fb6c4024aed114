import type { PruningRecord } from './format';
import type { Pruning } from './history';

/** How masks changed from one pruning to the next, of a layer or of all. */
export interface MaskChange {
  /** Filters that were pruned or came back. */
  readonly flips: number;
  /** Filters that were pruned before and are kept now. */
  readonly returned: number;
  /** Filters pruned both times over filters pruned either time (Jaccard), 0 to 1. */
  readonly jaccard: number;
}

/** A layer's change, and which filters came back, ascending. */
export interface LayerMaskChange extends MaskChange {
  readonly name: string;
  readonly returnedFilters: readonly number[];
}

/** The step to a pruning from the one before it. */
export interface MaskStep {
  /** Of the later pruning. */
  readonly epoch: number;
  /** Null where either record can't be read. */
  readonly network: MaskChange | null;
  /** In the order of the network; none where either record can't be read. */
  readonly layers: readonly LayerMaskChange[];
}

export interface MaskHistory {
  readonly steps: readonly MaskStep[];
  /** Epoch of the pruning from which on no mask changes; null while they still change, and where that can't be told. */
  readonly stableSince: number | null;
  /** The same of each layer, in the order of the network. */
  readonly layersStableSince: readonly { readonly name: string; readonly epoch: number | null }[];
}

/** The course of the masks of a run, from its prunings in the order of their epochs. */
export function maskHistory(prunings: readonly Pruning[]): MaskHistory {
  const steps = prunings.slice(1).map((pruning, index) => stepTo(pruning, prunings[index]!));
  const begins = prunings.map(({ event }) => event.epoch);
  const names = prunings.at(-1)?.event.layers.map(({ name }) => name) ?? [];
  return {
    steps,
    stableSince: stableSince(
      begins,
      steps.map(({ network }) => network),
    ),
    layersStableSince: names.map((name) => ({
      name,
      epoch: stableSince(
        begins,
        steps.map(({ layers }) => layers.find((layer) => layer.name === name) ?? null),
      ),
    })),
  };
}

function stepTo({ event, record }: Pruning, before: Pruning): MaskStep {
  const layers = record && before.record ? layerChanges(before.record, record) : [];
  if (layers.length === 0) return { epoch: event.epoch, network: null, layers };
  const pairs = record!.layers.map(({ mask }, index) => [before.record!.layers[index]!.mask, mask] as const);
  return { epoch: event.epoch, network: changeOfMasks(pairs), layers };
}

/** The change from the first to the second mask of each pair, over all pairs. 1 = kept in a mask, [filters]. */
export function changeOfMasks(pairs: readonly (readonly [before: Uint8Array, now: Uint8Array])[]): MaskChange {
  let [pruned, returned, both] = [0, 0, 0];
  for (const [before, now] of pairs) {
    for (let filter = 0; filter < now.length; filter++) {
      const isKept = now[filter] === 1;
      const wasKept = before[filter] === 1;
      if (!isKept && wasKept) pruned += 1;
      else if (isKept && !wasKept) returned += 1;
      else if (!isKept) both += 1;
    }
  }
  const either = pruned + returned + both;
  return { flips: pruned + returned, returned, jaccard: either === 0 ? 1 : both / either };
}

/** All records of a run have the same layers. */
function layerChanges(before: PruningRecord, now: PruningRecord): LayerMaskChange[] {
  return now.layers.map(({ name, mask }, index) => {
    const earlier = before.layers[index]!.mask;
    const returnedFilters = [...mask.keys()].filter((filter) => mask[filter] === 1 && earlier[filter] === 0);
    return { name, ...changeOfMasks([[earlier, mask]]), returnedFilters };
  });
}

/** Epoch of the pruning from which on nothing changes; `changes[i]` leads from pruning i to pruning i + 1. */
export function stableSince(epochs: readonly number[], changes: readonly (MaskChange | null)[]): number | null {
  const lastChange = changes.findLastIndex((change) => change === null || change.flips > 0);
  return lastChange === changes.length - 1 ? null : epochs[lastChange + 1]!;
}
