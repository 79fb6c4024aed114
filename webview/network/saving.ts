import type { LayerGraph } from '../../src/network/graph';
import { maskedByLayer, type MaskedCount } from '../../src/pruning/savings';
import type { PruningRecord } from '../../src/runs/model/format';

/** What a pruning leaves of the convolutions of a network, by their names; of a network as it is without one. */
export type Counts = ReadonlyMap<string, MaskedCount>;

let newest: { readonly graph: LayerGraph; readonly record: PruningRecord | null; readonly counts: Counts } | null =
  null;

/** A page is drawn much more often than a run is pruned: the counts are kept until the next pruning. */
export function countsOf(graph: LayerGraph, record: PruningRecord | null): Counts {
  if (newest?.graph !== graph || newest.record !== record) {
    const masks = new Map((record?.layers ?? []).map(({ name, mask }) => [name, mask]));
    newest = { graph, record, counts: maskedByLayer(graph, masks) };
  }
  return newest.counts;
}

/** The fraction of the multiply-adds that is saved, of one convolution or of several; 0 where there are none. */
export function savedOf(counts: Iterable<Pick<MaskedCount, 'dense' | 'exact'>>): number {
  let [dense, exact] = [0, 0];
  for (const count of counts) {
    dense += count.dense;
    exact += count.exact;
  }
  return dense > 0 ? 1 - exact / dense : 0;
}
