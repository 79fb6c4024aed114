import { channelLinks } from './channelLinks';
import type { LayerGraph } from './graph';
import { kindOf } from './layers';
import { biasName, weightName } from './layers/names';
import { inferShapes } from './shapes';

/** A layer whose filters can be pruned. */
export interface PrunableLayer {
  readonly name: string;
  readonly filters: number;
  /** Name of the parameter that holds the filters. */
  readonly weight: string;
  /** Name of the parameter that holds the filters' biases, which are a part of them; null where they have none. */
  readonly bias: string | null;
  /** The batch norm that alone reads the layer; null where there is none. */
  readonly batchNorm: string | null;
}

/** The layers that are pruned, in the order of the network. */
export function prunableLayers(graph: LayerGraph): PrunableLayer[] {
  const bound = boundLayers(graph);
  const batchNorms = soleBatchNorms(graph);
  return graph.layers.flatMap((layer) => {
    if (layer.kind !== 'conv' || !layer.prunable || bound.has(layer.name)) return [];
    const { name, filters } = layer;
    const bias = layer.bias ? biasName(name) : null;
    return [{ name, filters, weight: weightName(name), bias, batchNorm: batchNorms.get(name) ?? null }];
  });
}

/** Why the filters of a layer cannot be pruned. */
export type Bond =
  /** They are the network's output. */
  | 'output'
  /** A layer of this name reads them that must have all of its channels. */
  | { readonly readWholeBy: string }
  /** They are factors of a product of this name, and go with what they multiply. */
  | { readonly factorsOf: string };

/**
 * The convolutions whose filters cannot be pruned for themselves, by name, each with the reason. Bonds go back channel by channel
 * from who makes them, so that it takes a time that grows with the channels of all layers, however deep its sums are.
 */
export function boundLayers(graph: LayerGraph): ReadonlyMap<string, Bond> {
  const bonds = bondsOf(graph);
  const links = channelLinks(graph);
  // Of several bonds the first holds, by its place among them; behind the last one there is none.
  const firstOf = new Map(
    [...inferShapes(graph)].map(([name, { channels }]) => [name, emptyBonds(channels, bonds.length)]),
  );
  for (const [place, { from }] of bonds.entries()) lower(firstOf.get(from)!, place);
  const bound = new Map<string, Bond>();
  for (const layer of graph.layers.toReversed()) {
    const own = firstOf.get(layer.name)!;
    const makesFilters = layer.kind === 'conv' && layer.groups === 1;
    const first = makesFilters ? own.reduce((least, place) => Math.min(least, place), bonds.length) : bonds.length;
    if (bonds[first]) bound.set(layer.name, bonds[first].bond);
    for (const [output, sources] of (links.get(layer.name) ?? []).entries())
      for (const { input, channel } of sources) {
        // Factors bring no channel about.
        if (layer.kind === 'multiply' && input === 1) continue;
        const ofInput = firstOf.get(layer.inputs[input]!)!;
        ofInput[channel] = Math.min(ofInput[channel]!, own[output]!);
      }
  }
  return bound;
}

/** What must have all channels of a layer, in the order in which the reasons count. */
function bondsOf(graph: LayerGraph): readonly { readonly from: string; readonly bond: Bond }[] {
  const readWhole = wholeReaders(graph);
  return [
    { from: graph.layers.at(-1)!.name, bond: 'output' },
    ...graph.layers.flatMap(({ kind, name, inputs }) => [
      ...(readWhole.has(name) ? [{ from: inputs[0]!, bond: { readWholeBy: name } }] : []),
      ...(kind === 'multiply' ? [{ from: inputs[1]!, bond: { factorsOf: name } }] : []),
    ]),
  ];
}

function emptyBonds(channels: number, none: number): Int32Array {
  return new Int32Array(channels).fill(none);
}

function lower(places: Int32Array, place: number): void {
  for (const [channel, known] of places.entries()) places[channel] = Math.min(known, place);
}

/** The layers that must have all channels of what they read, by name. */
export function wholeReaders(graph: LayerGraph): ReadonlySet<string> {
  const shapes = inferShapes(graph);
  const readers = graph.layers.filter((layer) => {
    const inputShapes = layer.inputs.map((name) => shapes.get(name)!);
    return kindOf(layer).readsAllChannels?.(layer, inputShapes) ?? false;
  });
  return new Set(readers.map(({ name }) => name));
}

/** The names of the batch norms that alone read what they read, by the names of those. */
function soleBatchNorms(graph: LayerGraph): ReadonlyMap<string, string> {
  const readers = new Map<string, string | null>();
  for (const { kind, name, inputs } of graph.layers)
    for (const input of new Set(inputs)) readers.set(input, kind === 'batchNorm' && !readers.has(input) ? name : null);
  return new Map([...readers].flatMap(([input, reader]) => (reader === null ? [] : [[input, reader] as const])));
}
