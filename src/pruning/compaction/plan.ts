import type { LayerGraph } from '../../network/graph';
import { inferShapes } from '../../network/shapes';
import type { TensorMap } from '../../network/state';
import { ChannelClasses, chooseCarriers } from './carriers';
import { channelFacts, isLive, type ChannelFacts } from './channelFacts';
import { neededCorrections, type Correction } from './corrections';
import { Layouts, type ChannelRef } from './layouts';

/** What of a network stays, and why more than is live. */
export interface Plan {
  readonly facts: ChannelFacts;
  readonly layouts: Layouts;
  readonly corrections: readonly Correction[];
  /** Filters and units that stay though they are not live, by layer. */
  readonly extras: ReadonlyMap<string, readonly Extra[]>;
}

/**
 * `border`: its constant is not one behind zero padding, or it carries others there. `last`: a layer needs one filter. `whole`: a
 * layer with groups needs all channels. `output`: it is part of the network's output.
 */
export type ExtraReason = 'border' | 'last' | 'whole' | 'output';

export interface Extra {
  readonly channel: number;
  readonly reason: ExtraReason;
}

/**
 * Plans the compact network: live channels first, then few carriers for constants at padded borders, then one filter for
 * every layer that would be left without.
 */
export function planCompaction(graph: LayerGraph, tensors: TensorMap): Plan {
  const facts = channelFacts(graph, tensors);
  const layouts = new Layouts(facts);
  const isFree = ({ layer, channel }: ChannelRef): boolean => facts.free.get(layer)![channel]!;
  layouts.settle(isFree);

  const classes = new ChannelClasses(facts);
  const carriers = chooseCarriers(facts, classes, neededCorrections(facts, layouts));
  const carrying = new Set(carriers.map((channel) => classes.of(channel)));
  carriers.forEach((channel) => {
    layouts.keep(channel);
  });
  layouts.settle((channel) => isFree(channel) || carrying.has(classes.of(channel)));

  const last = new Set<string>();
  for (const channel of lastChannels(facts, layouts, classes)) {
    last.add(classes.of(channel));
    layouts.keep(channel);
  }
  layouts.settle((channel) => isFree(channel) || carrying.has(classes.of(channel)) || last.has(classes.of(channel)));

  const output = graph.layers.at(-1)!.name;
  const classesOf = (layers: readonly string[]): ReadonlySet<string> =>
    new Set(layers.flatMap((layer) => layouts.kept(layer).map((channel) => classes.of({ layer, channel }))));
  const ofOutput = classesOf([output]);
  const readWhole = classesOf(graph.layers.flatMap(({ name, inputs }) => (facts.whole.has(name) ? inputs : [])));
  const reasonFor = (id: string): ExtraReason => {
    if (last.has(id)) return 'last';
    if (carrying.has(id)) return 'border';
    if (ofOutput.has(id)) return 'output';
    return readWhole.has(id) ? 'whole' : 'border';
  };
  const extras = [...facts.mixing.keys()]
    .filter((layer) => layer !== output)
    .map((layer): [string, Extra[]] => [
      layer,
      layouts
        .kept(layer)
        .filter((channel) => !isLive(facts, layer, channel))
        .map((channel) => ({ channel, reason: reasonFor(classes.of({ layer, channel })) })),
    ]);
  return { facts, layouts, corrections: neededCorrections(facts, layouts), extras: new Map(extras) };
}

/**
 * For every layer that would be left without channels the one that most other layers have, so that sums seldom grow by it.
 */
function lastChannels(facts: ChannelFacts, layouts: Layouts, classes: ChannelClasses): ChannelRef[] {
  const counts = new Map<string, number>();
  for (const { name } of facts.graph.layers)
    for (const channel of layouts.kept(name)) {
      const id = classes.of({ layer: name, channel });
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  const shapes = inferShapes(facts.graph);
  const countOf = (channel: ChannelRef): number => counts.get(classes.of(channel)) ?? 0;
  return [...facts.mixing.keys()]
    .filter((layer) => layouts.kept(layer).length === 0)
    .map((layer) =>
      Array.from({ length: shapes.get(layer)!.channels }, (_, channel) => ({ layer, channel })).reduce((a, b) =>
        countOf(b) > countOf(a) ? b : a,
      ),
    );
}
