import type { ConvLayer, LayerGraph } from '../network/graph';
import { boundLayers, type Bond } from '../network/prunableLayers';
import { prunableOf } from './groups';

/** Whether the filters of a convolution can be pruned, by themselves and where filters go together. */
export interface Prunability {
  readonly layer: string;
  readonly filters: number;
  readonly independent: boolean;
  /** How many of the filters can be pruned where filters that a shortcut joins go together. */
  readonly coupled: number;
  /** A sentence why not all can; null where they can in both ways. */
  readonly reason: string | null;
}

/** Of every convolution of a network, in order. */
export function prunabilityOf(graph: LayerGraph): Prunability[] {
  const bound = boundLayers(graph);
  const prunable = new Set(prunableOf(graph, 'independent').layers.map(({ name }) => name));
  const coupled = new Map<string, number>();
  for (const { groups } of prunableOf(graph, 'coupled').pools)
    for (const { layer } of groups.flat()) coupled.set(layer, (coupled.get(layer) ?? 0) + 1);
  return graph.layers.flatMap((layer) => {
    if (layer.kind !== 'conv') return [];
    const { name, filters } = layer;
    const independent = prunable.has(name);
    const together = coupled.get(name) ?? 0;
    const reason = independent ? joinedReason(together, filters) : reasonOf(layer, bound.get(name));
    return [{ layer: name, filters, independent, coupled: together, reason }];
  });
}

function joinedReason(coupled: number, filters: number): string | null {
  if (coupled === filters) return null;
  const which = coupled === 0 ? 'They are' : `${filters - coupled} of them are`;
  return `${which} added to channels that are never pruned, and stay where filters go together.`;
}

function reasonOf({ groups, prunable }: ConvLayer, bond: Bond | undefined): string {
  if (groups > 1) return 'Its filters read groups of channels: they go with those or stay.';
  if (bond === 'output') return 'Its filters are the outputs of the network.';
  if (bond && 'readWholeBy' in bond) return `"${bond.readWholeBy}" must have all of its channels.`;
  if (bond) return `Its filters are factors of "${bond.factorsOf}", and go with what they multiply.`;
  return prunable ? 'Its filters are bound to others.' : 'It is a projection shortcut, which papers leave as it is.';
}
