import type { Channel } from '../network/channels';
import type { Layer, LayerGraph } from '../network/graph';
import { boundLayers, prunableLayers } from '../network/prunableLayers';
import { DisjointSets } from './disjointSets';
import { joinedFilters, keyOf, type JoinedFilters } from './joinedFilters';

/**
 * What a layer is in a group of layers that move together. `pruned`: its filters are pruned, together with those of the others
 * where filters are coupled. `kept`: it is never pruned, so that what it is added to stays where filters are coupled. `follows`:
 * its channels go with the filters of the others in any case, as those of depthwise convolutions and of gates do. `joins`: it is
 * no convolution, but the sum or the product in which the others meet.
 */
export type Part = 'pruned' | 'kept' | 'follows' | 'joins';

/** A layer that moves together with another one. */
export interface Companion {
  readonly layer: string;
  readonly part: Part;
}

export interface LayerCoupling {
  /** In the order of the network. */
  readonly companions: readonly Companion[];
  /** How many filters of its own are pruned, and how many of those stay where filters are coupled. */
  readonly filters: number;
  readonly held: number;
}

/** Which layers of a network move together, as follows from its graph alone. */
export interface LayerCouplings {
  /** Of any layer; without companions where it is in no group. */
  of(layer: string): LayerCoupling;
  /** The number of a layer's group, from 1 in the order of the network; null where no other pruned layer is joined to it. */
  groupOf(layer: string): number | null;
}

/** A set of filters that end in the same channels, and the layers that have a part in it. */
interface Meeting {
  readonly layers: string[];
  /** Whether something that is never pruned is in it. */
  isHeld: boolean;
}

/** Finds which layers of a network move together. It takes a time that grows with the channels of all layers. */
export function layerCouplings(graph: LayerGraph): LayerCouplings {
  const joined = joinedFilters(graph);
  const parts = partsOf(graph);
  const order = new Map(graph.layers.map(({ name }, place) => [name, place]));
  const { meetings, byLayer } = meetingsOf(graph, joined, parts);
  const isHeld = ({ sources: [filter] }: Channel): boolean =>
    filter !== undefined && meetings.get(joined.sets.rootOf(keyOf(filter)))!.isHeld;
  const numbers = groupNumbers(meetings.values(), parts, order);
  return {
    of: (layer) => {
      const own = byLayer.get(layer) ?? [];
      const names = new Set(own.flatMap(({ layers }) => layers));
      names.delete(layer);
      const companions = [...names]
        .sort((one, other) => order.get(one)! - order.get(other)!)
        .map((name): Companion => ({ layer: name, part: parts.get(name)! }));
      const filters = parts.get(layer) === 'pruned' ? joined.flow.get(layer)! : [];
      return { companions, filters: filters.length, held: filters.filter(isHeld).length };
    },
    groupOf: (layer) => numbers.get(layer) ?? null,
  };
}

/** The parts that layers have wherever they meet others. */
function partsOf(graph: LayerGraph): ReadonlyMap<string, Part> {
  const pruned = new Set(prunableLayers(graph).map(({ name }) => name));
  const bound = boundLayers(graph);
  const partOf = ({ kind, name }: Layer): Part => {
    if (kind !== 'conv') return 'joins';
    if (pruned.has(name)) return 'pruned';
    const bond = bound.get(name);
    return typeof bond === 'object' && 'factorsOf' in bond ? 'follows' : 'kept';
  };
  return new Map(
    graph.layers.map((layer) => [layer.name, layer.kind === 'conv' && layer.groups > 1 ? 'follows' : partOf(layer)]),
  );
}

function meetingsOf(
  graph: LayerGraph,
  { sets, fixed, flow }: JoinedFilters,
  parts: ReadonlyMap<string, Part>,
): { readonly meetings: ReadonlyMap<string, Meeting>; readonly byLayer: ReadonlyMap<string, readonly Meeting[]> } {
  const meetings = new Map<string, Meeting>();
  const byLayer = new Map<string, Meeting[]>();
  const rootOf = ({ sources: [filter] }: Channel): string | null => (filter ? sets.rootOf(keyOf(filter)) : null);
  const enter = (layer: string, root: string | null): void => {
    if (root === null) return;
    const meeting = meetings.get(root) ?? { layers: [], isHeld: false };
    meetings.set(root, meeting);
    // Layers come one after another, so that one that is in it already is the last.
    if (meeting.layers.at(-1) === layer) return;
    meeting.layers.push(layer);
    if (parts.get(layer) === 'kept') meeting.isHeld = true;
    const own = byLayer.get(layer);
    if (own) own.push(meeting);
    else byLayer.set(layer, [meeting]);
  };
  for (const { kind, name } of graph.layers)
    if (kind === 'conv' || kind === 'add' || kind === 'multiply')
      for (const channel of flow.get(name)!) enter(name, rootOf(channel));
  for (const key of fixed) meetings.get(sets.rootOf(key))!.isHeld = true;
  for (const [factors, image] of factorPairs(graph, flow, rootOf))
    for (const layer of [...(meetings.get(factors)?.layers ?? [])])
      if (parts.get(layer) === 'follows') enter(layer, image);
  return { meetings, byLayer };
}

/** Which filters are factors of which others, each pair of sets once. */
function factorPairs(
  graph: LayerGraph,
  flow: JoinedFilters['flow'],
  rootOf: (channel: Channel) => string | null,
): readonly (readonly [factors: string, image: string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  for (const { kind, inputs } of graph.layers) {
    if (kind !== 'multiply') continue;
    const [image, factors] = inputs.map((input) => flow.get(input)!);
    for (const [index, channel] of image!.entries()) {
      const [from, to] = [rootOf(factors![index]!), rootOf(channel)];
      if (from !== null && to !== null && from !== to) pairs.set(`${from}\n${to}`, [from, to]);
    }
  }
  return [...pairs.values()];
}

/** Pruned layers are in one group if a chain of meetings leads from one to the other. */
function groupNumbers(
  meetings: Iterable<Meeting>,
  parts: ReadonlyMap<string, Part>,
  order: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const groups = new DisjointSets();
  for (const { layers } of meetings) {
    const [first, ...others] = layers.filter((layer) => parts.get(layer) === 'pruned');
    for (const other of others) groups.join(first!, other);
  }
  const members = groups.members().sort((one, other) => order.get(one)! - order.get(other)!);
  const numbers = new Map<string, number>();
  for (const layer of members) {
    const root = groups.rootOf(layer);
    if (!numbers.has(root)) numbers.set(root, numbers.size + 1);
  }
  return new Map(members.map((layer) => [layer, numbers.get(groups.rootOf(layer))!]));
}
