import { channelFlow, type Channel, type Channels, type StandIn } from './channels';
import { channelLinks } from './channelLinks';
import type { LayerGraph } from './graph';
import { inferShapes } from './shapes';

/**
 * What decides whether a network without its pruned filters has a channel: for every layer's output what brings each of its
 * channels about, but where all that reads it is a factor of a product. There it goes with the channel that is multiplied, and
 * one that nothing reads is never there. `standIn` is that of `channelFlow`.
 */
export function channelPresence(graph: LayerGraph, standIn?: StandIn): ReadonlyMap<string, Channels> {
  const flow = channelFlow(graph, standIn);
  const needs = channelNeeds(graph, flow);
  return new Map(
    [...flow].map(([name, channels]): [string, Channels] => {
      const ofLayer = needs.get(name)!;
      return [name, channels.map((channel, index) => (ofLayer[index]!.fixed ? channel : ofLayer[index]!))];
    }),
  );
}

const always: Channel = { sources: [], fixed: true };
const never: Channel = { sources: [], fixed: false };

/** For every channel what has to be there for it to be needed; `fixed` where it always is. From the last layer back. */
function channelNeeds(graph: LayerGraph, flow: ReadonlyMap<string, Channels>): ReadonlyMap<string, readonly Channel[]> {
  const links = channelLinks(graph);
  const needs = new Map(
    [...inferShapes(graph)].map(([name, { channels }]) => [name, new Array<Channel>(channels).fill(never)]),
  );
  needs.get(graph.layers.at(-1)!.name)!.fill(always);
  for (const layer of graph.layers.toReversed()) {
    const own = needs.get(layer.name)!;
    const isNeeded = own.some(({ fixed, sources }) => fixed || sources.length > 0);
    const ofLayer = links.get(layer.name);
    if (!ofLayer && isNeeded) for (const input of layer.inputs) needs.get(input)!.fill(always);
    for (const [output, sources] of (ofLayer ?? []).entries())
      for (const { input, channel } of sources) {
        const isFactor = layer.kind === 'multiply' && input === 1;
        const need = isFactor && own[output]!.fixed ? flow.get(layer.name)![output]! : own[output]!;
        const ofInput = needs.get(layer.inputs[input]!)!;
        ofInput[channel] = either(ofInput[channel]!, need);
      }
  }
  return needs;
}

function either(one: Channel, other: Channel): Channel {
  if (one.fixed || other.fixed) return always;
  // Most channels are read once, or by layers that need them always: nothing has to be put together.
  if (other.sources.length === 0) return one;
  if (one.sources.length === 0) return other;
  return { sources: [...new Set([...one.sources, ...other.sources])], fixed: false };
}
