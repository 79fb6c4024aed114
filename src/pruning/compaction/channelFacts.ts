import { channelLinks, type ChannelLinks } from '../../network/channelLinks';
import { constantChannels, type Constants } from '../../network/channels';
import type { LayerGraph } from '../../network/graph';
import { wholeReaders } from '../../network/prunableLayers';
import { inOrder, inferShapes } from '../../network/shapes';
import type { TensorMap } from '../../network/state';
import { mixes, mixingWeights, type MixingWeights } from './mixingWeights';

/** What is known of the channels of a masked network, by layer name. */
export interface ChannelFacts {
  readonly graph: LayerGraph;
  readonly tensors: TensorMap;
  readonly links: ReadonlyMap<string, ChannelLinks>;
  readonly mixing: ReadonlyMap<string, MixingWeights>;
  /** The layers that must have all channels of what they read, and have all of their own. */
  readonly whole: ReadonlySet<string>;
  /** Which channels are constants, and which ones. */
  readonly constants: ReadonlyMap<string, Constants>;
  /** Whether the network's output depends on a channel. */
  readonly demanded: ReadonlyMap<string, readonly boolean[]>;
  /** Whether a channel is a constant that no filter computes, as those that a shortcut appends. */
  readonly free: ReadonlyMap<string, readonly boolean[]>;
}

/** Finds the facts. `tensors` are parameters and running statistics. */
export function channelFacts(graph: LayerGraph, tensors: TensorMap): ChannelFacts {
  const facts = {
    graph,
    tensors,
    links: channelLinks(graph),
    mixing: mixingWeights(graph),
    whole: wholeReaders(graph),
    constants: constantChannels(graph, tensors),
  };
  return { ...facts, demanded: demandedChannels(facts), free: freeChannels(facts) };
}

/** A channel that is the same for all images and has a reader is not live, nor is one that nobody reads. */
export function isLive({ constants, demanded }: ChannelFacts, layer: string, channel: number): boolean {
  return constants.get(layer)![channel] === null && demanded.get(layer)![channel]!;
}

/**
 * From the last layer, all of whose outputs are demanded, back: who demands an output demands the inputs that it is made of,
 * but those of a constant, which is known without them: a product with zero does not ask for its factor.
 */
function demandedChannels({
  graph,
  tensors,
  links,
  mixing,
  whole,
  constants,
}: Omit<ChannelFacts, 'demanded' | 'free'>): ReadonlyMap<string, readonly boolean[]> {
  const demanded = new Map(
    [...inferShapes(graph)].map(([name, { channels }]) => [name, new Array<boolean>(channels).fill(false)]),
  );
  demanded.get(graph.layers.at(-1)!.name)!.fill(true);
  for (const layer of graph.layers.toReversed()) {
    const outputs = demanded.get(layer.name)!;
    const ofLayer = constants.get(layer.name)!;
    for (const [output, sources] of (links.get(layer.name) ?? []).entries())
      if (outputs[output]! && ofLayer[output] === null)
        for (const { input, channel } of sources) demanded.get(layer.inputs[input]!)![channel] = true;
    if (whole.has(layer.name) && outputs.includes(true)) demanded.get(layer.inputs[0]!)!.fill(true);
    const weights = mixing.get(layer.name);
    if (!weights) continue;
    const inputs = demanded.get(weights.input)!;
    for (const input of inputs.keys())
      inputs[input] ||= outputs.some((isDemanded, output) => isDemanded && mixes(weights, tensors, output, input));
  }
  return demanded;
}

function freeChannels({
  graph,
  links,
}: Pick<ChannelFacts, 'graph' | 'links'>): ReadonlyMap<string, readonly boolean[]> {
  const shapes = inferShapes(graph);
  return inOrder<readonly boolean[]>(graph, ({ name }, inputs) => {
    const ofLayer = links.get(name);
    if (!ofLayer) return new Array<boolean>(shapes.get(name)!.channels).fill(false);
    return ofLayer.map((sources) => sources.every(({ input, channel }) => inputs[input]![channel]!));
  });
}
