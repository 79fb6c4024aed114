import { countMultiplyAdds, countParameters, fullWidths, multiplyAddsByLayer } from '../../network/cost';
import type { LayerGraph } from '../../network/graph';
import { maskedWidths } from '../forecast';
import type { Masks } from '../select';
import type { Compaction } from './compact';

/** A count of the dense network, of what masks leave in theory, and of the compact network that was built. */
export interface Count {
  readonly dense: number;
  readonly theoretical: number;
  readonly built: number;
}

export interface LayerCost {
  readonly name: string;
  readonly filters: Count;
  /** For one image. */
  readonly multiplyAdds: Count;
}

export interface CompactCost {
  readonly multiplyAdds: Count;
  /** Trainable parameters, and the constants of scatters. */
  readonly parameters: Count;
  /** Every layer whose multiply-adds papers count, in the order of the network; nothing is built of one that nobody reads. */
  readonly layers: readonly LayerCost[];
}

/** What a compact network costs beside the dense one and beside what the masks promise. */
export function compactCost(graph: LayerGraph, masks: Masks, compact: Pick<Compaction, 'graph'>): CompactCost {
  const widths = {
    dense: fullWidths(graph),
    theoretical: maskedWidths(graph, masks),
    built: fullWidths(compact.graph),
  };
  const byLayer = {
    dense: multiplyAddsByLayer(graph, widths.dense),
    theoretical: multiplyAddsByLayer(graph, widths.theoretical),
    built: multiplyAddsByLayer(compact.graph, widths.built),
  };
  const count = (values: Readonly<Record<keyof Count, ReadonlyMap<string, number>>>, name: string): Count => ({
    dense: values.dense.get(name)!,
    theoretical: values.theoretical.get(name)!,
    built: values.built.get(name) ?? 0,
  });
  const total = (of: (graph: LayerGraph, widths: ReadonlyMap<string, number>) => number): Count => ({
    dense: of(graph, widths.dense),
    theoretical: of(graph, widths.theoretical),
    built: of(compact.graph, widths.built),
  });
  return {
    multiplyAdds: total(countMultiplyAdds),
    parameters: total(countParameters),
    layers: [...byLayer.dense.keys()].map((name) => ({
      name,
      filters: count(widths, name),
      multiplyAdds: count(byLayer, name),
    })),
  };
}
