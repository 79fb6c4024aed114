import type { LayerGraph } from '../../src/network/graph';
import { layerCouplings, type LayerCouplings } from '../../src/pruning/layerCouplings';
import { tooManyChannels, type TooLarge } from './networkSize';

/** Which layers of a network move together; of a graph, which does not change, it is found once. */
export function couplingsOf(graph: LayerGraph): LayerCouplings | TooLarge {
  const known = found.get(graph) ?? tooManyChannels(graph, 'looked through') ?? layerCouplings(graph);
  found.set(graph, known);
  return known;
}

const found = new WeakMap<LayerGraph, LayerCouplings | TooLarge>();

/** How many of a group are named; it may have thousands. */
const namedAtMost = 6;

/** The first of many, and how many more there are; nobody is left out for a single one. */
export function firstFew<Item>(items: readonly Item[]): { readonly few: readonly Item[]; readonly more: number } {
  const few = items.length > namedAtMost + 1 ? items.slice(0, namedAtMost) : items;
  return { few, more: items.length - few.length };
}

/** Puts commas and an `and` between what is listed, and says how many more there are. */
export function listed<Item>(items: readonly Item[], more: number): readonly (Item | string)[] {
  const all: readonly (Item | string)[] = more > 0 ? [...items, `${more} more`] : items;
  return all.flatMap((item, index) => [index === 0 ? '' : index === all.length - 1 ? ' and ' : ', ', item]);
}
