import type { LayerRecord, PrunableLayer } from './format';

/** The layers that a record of a pruning is of. */
export function layersOf(recorded: readonly LayerRecord[]): PrunableLayer[] {
  return recorded.map(({ name, mask }) => ({ name, filters: mask.length }));
}

/** Whether two lists of layers are the same: names and filters, in the same order. */
export function areSameLayers(some: readonly PrunableLayer[], others: readonly PrunableLayer[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, filters }, index) => name === others[index]?.name && filters === others[index].filters)
  );
}
